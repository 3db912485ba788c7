package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Why records were put aside. */
final class DeadLetterReasons {
  private DeadLetterReasons() {}

  /** Of the first dead letters; waits until there are as many. */
  static List<String> first(String brokers, int count) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", brokers),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("millrace.dead-letters").stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var reasons = new ArrayList<String>();
      long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
      while (reasons.size() < count) {
        assertThat(System.nanoTime()).as("dead letters so far: %s", reasons).isLessThan(deadline);
        consumer
            .poll(Duration.ofSeconds(1))
            .forEach(
                letter ->
                    reasons.add(
                        new String(
                            letter.headers().lastHeader(DeadLetter.REASON).value(),
                            StandardCharsets.UTF_8)));
      }
      return reasons;
    }
  }
}
