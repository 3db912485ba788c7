package io.millrace.it.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.utils.Utils;

/** Who owns the partition of a run, by the latest heartbeats. */
final class Owners {
  private Owners() {}

  static String of(Clients clients, RunId run, int partitions) {
    byte[] key = run.value().getBytes(StandardCharsets.UTF_8);
    int partition = Utils.toPositive(Utils.murmur2(key)) % partitions;
    String owner = null;
    try (KafkaConsumer<byte[], byte[]> owners = clients.atTheBeginning("millrace.owners", 1)) {
      var ends = owners.endOffsets(owners.assignment());
      while (ends.entrySet().stream().anyMatch(e -> owners.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : owners.poll(Duration.ofMillis(500))) {
          if (Json.read(record.value(), JsonNode.class, "a heartbeat")
              instanceof Decoded.Understood<JsonNode>(JsonNode beat)) {
            for (JsonNode owned : beat.path("owned")) {
              owner = owned.asInt() == partition ? beat.path("replica").asText() : owner;
            }
          }
        }
      }
    }
    return owner;
  }
}
