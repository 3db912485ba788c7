package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.DeadLetter;
import io.millrace.events.RunId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever strangers write, it is answered with a reason, and the others go on. */
class HostileInputIT {
  private static final int RECORDS = Integer.getInteger("millrace.hostile", 50_000);
  private static final long SEED =
      Long.getLong("millrace.seed", new SplittableRandom().nextLong(1_000_000_000));

  @TempDir Path folder;
  private Installation installation;
  private Starts starts;
  private final SplittableRandom random = new SplittableRandom(SEED);

  @BeforeEach
  void install() {
    System.out.println("hostile input: seed " + SEED + " (-Dmillrace.seed replays it)");
    installation = new Installation(folder);
    starts = new Starts(folder);
    installation.start("one");
    installation.post("one", "/api/v1/flows", starts.flow("sane", 3, 0));
  }

  @AfterEach
  void remove() {
    installation.close();
  }

  @Test
  void everyRecordIsTakenOrStandsInTheDeadLettersWithAReason() throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", installation.brokers(), "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        producer.send(request());
        producer.send(command());
      }
      producer.flush();
    }

    Map<String, Integer> letters = deadLetters(RECORDS * 2);

    assertThat(letters.get("millrace.run-requests")).isEqualTo(RECORDS);
    assertThat(letters.get("millrace.commands")).isEqualTo(RECORDS);
    for (int i = 0; i < 9; i++) {
      RunId run = installation.publish("sane-" + i, "sane", Map.of());
      assertThat(await(installation.events().end(run))).isEqualTo("succeeded");
      starts.assertEachOnce(run, 3);
    }
    Audit.assertClean(installation.brokers());
  }

  @Test
  void theApiAnswersNonsenseWithAProblemThatNamesIt() {
    List<String> paths =
        List.of("/api/v1/runs", "/api/v1/flows", "/api/v1/runs/r1/cancel", "/api/v1/runs/r1/retry");
    for (int i = 0; i < 400; i++) {
      String path = paths.get(random.nextInt(paths.size()));
      var answer = installation.post("one", path, nonsense());
      assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isBetween(400, 499);
      assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
      assertThat(answer.body()).contains("\"detail\"").doesNotContain("Exception");
    }
    for (String path :
        List.of(
            "/api/v1/runs/%2e%2e%2fetc",
            "/api/v1/runs/UPPER",
            "/api/v1/runs/r1/tasks/-/attempts/x/logs",
            "/api/v1/runs?state=nonsense",
            "/api/v1/runs?before=nobody",
            "/api/v1/flows/nobody",
            "/api/v1/nothing")) {
      assertThat(installation.get("one", path).statusCode()).as(path).isBetween(400, 404);
    }
    assertThat(installation.get("one", "/q/health/ready").statusCode()).isEqualTo(200);
  }

  /** Never a valid request: the flow is unknown, the type another, or the text broken. */
  private ProducerRecord<byte[], byte[]> request() {
    var headers = new RecordHeaders();
    int kind = random.nextInt(4);
    if (kind > 0) {
      header(headers, "ce_specversion", random.nextInt(9) == 0 ? "9" : "1.0");
      header(headers, "ce_id", random.nextInt(9) == 0 ? "" : "h" + random.nextInt(1000));
      header(headers, "ce_source", "hostile");
      header(headers, "ce_type", kind == 1 ? nonsense() : "io.millrace.run.requested");
    }
    String body =
        switch (random.nextInt(5)) {
          case 0 -> "{\"flow\":\"unknown-" + random.nextInt(9) + "\"}";
          case 1 -> "{\"flow\":\"sane\",\"parameters\":{\"width\":\"" + random.nextInt() + "\"}}";
          case 2 -> "{\"flow\":\"sane\",\"run\":\"" + "X".repeat(random.nextInt(80)) + "\"}";
          case 3 -> "{\"flow\":\"sane\",\"parameters\":{\"" + random.nextInt() + "\":1}}";
          default -> nonsense();
        };
    byte[] value = random.nextInt(50) == 0 ? null : body.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>("millrace.run-requests", null, null, null, value, headers);
  }

  /** Never a valid command. */
  private ProducerRecord<byte[], byte[]> command() {
    String body =
        switch (random.nextInt(4)) {
          case 0 -> "{\"type\":\"run-start\",\"run\":\"r" + random.nextInt() + "\"}";
          case 1 -> "{\"type\":\"succeeded\",\"of\":\"" + nonsense().replace('"', ' ') + "\"}";
          case 2 -> "{\"type\":\"" + random.nextInt() + "\"}";
          default -> nonsense();
        };
    byte[] value = random.nextInt(50) == 0 ? null : body.getBytes(StandardCharsets.UTF_8);
    return new ProducerRecord<>(
        "millrace.commands", random.nextInt(3), new byte[] {(byte) random.nextInt()}, value);
  }

  private String nonsense() {
    byte[] bytes = new byte[random.nextInt(60)];
    random.nextBytes(bytes);
    return switch (random.nextInt(4)) {
      case 0 -> "[".repeat(random.nextInt(1, 2000));
      case 1 -> "{\"a\":" + random.nextLong() + "}";
      case 2 -> "\"" + random.nextInt() + "\"";
      default -> new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("\\s", "");
    };
  }

  private static void header(RecordHeaders headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads so many dead letters; each says why and from where. */
  private Map<String, Integer> deadLetters(int count) {
    var byTopic = new HashMap<String, Integer>();
    int seen = 0;
    long deadline = System.nanoTime() + Duration.ofMinutes(4).toNanos();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                installation.brokers(),
                "isolation.level",
                "read_committed",
                "max.poll.records",
                5000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> all =
          IntStream.range(0, 3)
              .mapToObj(n -> new TopicPartition("millrace.dead-letters", n))
              .toList();
      consumer.assign(all);
      consumer.seekToBeginning(all);
      while (seen < count && System.nanoTime() < deadline) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          assertThat(header(record, DeadLetter.REASON)).isNotBlank();
          String origin = header(record, DeadLetter.ORIGIN);
          byTopic.merge(origin.substring(0, origin.indexOf('/')), 1, Integer::sum);
          seen++;
        }
      }
    }
    return byTopic;
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
