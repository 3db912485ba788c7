package io.millrace.it.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's clients for drivers, with nothing that lingers. */
final class Clients {
  private final String brokers;

  Clients(String brokers) {
    this.brokers = brokers;
  }

  KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    var settings = new HashMap<String, Object>(more);
    settings.put("bootstrap.servers", brokers);
    settings.put("acks", "all");
    settings.put("linger.ms", 0);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A consumer of whole partitions, at their end. */
  KafkaConsumer<byte[], byte[]> atTheEnd(String topic, int partitions, String isolation) {
    KafkaConsumer<byte[], byte[]> consumer = consumer(topic, partitions, isolation);
    consumer.seekToEnd(consumer.assignment());
    consumer.assignment().forEach(consumer::position);
    return consumer;
  }

  /** A consumer of whole partitions, at their beginning. */
  KafkaConsumer<byte[], byte[]> atTheBeginning(String topic, int partitions) {
    KafkaConsumer<byte[], byte[]> consumer = consumer(topic, partitions, "read_uncommitted");
    consumer.seekToBeginning(consumer.assignment());
    return consumer;
  }

  private KafkaConsumer<byte[], byte[]> consumer(String topic, int partitions, String isolation) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                brokers,
                "isolation.level",
                isolation,
                "auto.offset.reset",
                "earliest",
                "max.poll.records",
                2000,
                "fetch.min.bytes",
                1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> all =
        IntStream.range(0, partitions).mapToObj(n -> new TopicPartition(topic, n)).toList();
    consumer.assign(all);
    return consumer;
  }

  void create(String... topics) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      for (String topic : topics) {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
      }
    }
  }
}
