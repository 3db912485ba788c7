package io.millrace.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Who owns which partition, as the replicas say it. */
final class Heartbeats {
  private Heartbeats() {}

  /** Waits until a replica says, from now on, that it owns so many partitions. */
  static void awaitOwner(String brokers, String replica, int partitions) {
    var owners = new TopicPartition("millrace.owners", 0);
    long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", brokers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(owners));
      consumer.seekToEnd(List.of(owners));
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          if (Json.read(record.value(), JsonNode.class, "a heartbeat")
                  instanceof Decoded.Understood<JsonNode>(JsonNode beat)
              && beat.path("replica").asText().equals(replica)
              && beat.path("owned").size() == partitions) {
            return;
          }
        }
      }
    }
    throw new AssertionError(replica + " never owned " + partitions + " partitions");
  }
}
