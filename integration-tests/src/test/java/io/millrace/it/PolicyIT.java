package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flow that breaks the policy is refused before anything is asked of a cluster; none is there.
 */
class PolicyIT {
  private static final String RULE = "policy rule privileged";

  @TempDir Path folder;
  private Installation installation;

  @BeforeEach
  void install() {
    installation = new Installation(folder);
  }

  @AfterEach
  void remove() {
    installation.close();
  }

  private void start(String replica, String... policy) {
    var settings =
        new ArrayList<>(
            List.of(
                "millrace.executor=kubernetes",
                "millrace.roles=scheduler,api",
                "quarkus.kubernetes-client.api-server-url=http://127.0.0.1:1"));
    settings.addAll(List.of(policy));
    installation.start(replica, settings.toArray(String[]::new));
  }

  private static String flow(String name) {
    return """
        name: %s
        steps:
          - name: start
            container: {image: busybox}
            kubernetes: {securityContext: {privileged: true}}
        """
        .formatted(name);
  }

  @Test
  void deploymentsAndRunRequestsThatBreakItAreRefusedWithTheRulesName() {
    start("lax", "millrace.policy.privileged=true");
    assertThat(installation.post("lax", "/api/v1/flows", flow("former")).statusCode())
        .isEqualTo(201);
    installation.stop("lax");

    start("strict");
    var deployed = installation.post("strict", "/api/v1/flows", flow("later"));
    assertThat(deployed.statusCode()).isBetween(400, 499);
    assertThat(deployed.body()).contains("steps[0] (start)", RULE);

    var asked = installation.post("strict", "/api/v1/runs", "{\"flow\": \"former\"}");
    assertThat(asked.statusCode()).isBetween(400, 499);
    assertThat(asked.body()).contains(RULE);

    installation.publish("one", "former", Map.of());
    assertThat(firstDeadLetter()).contains("flow former", RULE);
  }

  private String firstDeadLetter() {
    List<TopicPartition> all =
        IntStream.range(0, 3)
            .mapToObj(n -> new TopicPartition("millrace.dead-letters", n))
            .toList();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", installation.brokers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
      while (System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> letter : consumer.poll(Duration.ofSeconds(1))) {
          return new String(
              letter.headers().lastHeader(DeadLetter.REASON).value(), StandardCharsets.UTF_8);
        }
      }
    }
    throw new AssertionError("there is no dead letter\n" + installation.said());
  }
}
