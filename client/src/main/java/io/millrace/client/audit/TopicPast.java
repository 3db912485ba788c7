package io.millrace.client.audit;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what a partition of a topic holds at this moment, from its beginning to its end. */
final class TopicPast {
  private final Map<String, Object> settings;

  TopicPast(Map<String, Object> settings) {
    this.settings = Map.copyOf(settings);
  }

  /** How many partitions a topic has; 0 when there is none of that name. */
  int partitions(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted")) {
      return consumer.partitionsFor(topic).size();
    }
  }

  /**
   * Reads committed records.
   *
   * @return the offset of the first record that there could be
   */
  long read(String topic, int partition, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    var of = new TopicPartition(topic, partition);
    long end;
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_uncommitted")) {
      end = consumer.endOffsets(List.of(of)).get(of);
    }
    try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
      long start = consumer.beginningOffsets(List.of(of)).get(of);
      consumer.assign(List.of(of));
      consumer.seek(of, start);
      while (consumer.position(of) < end) {
        for (ConsumerRecord<byte[], byte[]> record :
            consumer.poll(Duration.ofSeconds(1)).records(of)) {
          if (record.offset() < end) {
            reader.accept(record);
          }
        }
      }
      return start;
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
    var all = new HashMap<>(settings);
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
