package io.millrace.local;

import static io.millrace.local.PackagedLocal.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

class PartsMainIT {
  @TempDir Path data;

  private final List<ChildJvm> started = new ArrayList<>();

  @AfterEach
  void endWhatIsLeft() {
    started.forEach(ChildJvm::kill);
  }

  @Test
  void clientsFindThemByTheNameThatIsTold() throws Exception {
    ChildJvm named =
        PackagedLocal.parts(data).arguments("--bind", "0.0.0.0", "--host", "localhost").start();
    started.add(named);
    ReadyLine addresses = await(named.ready());

    assertThat(addresses.address("broker")).startsWith("localhost:");
    assertThat(addresses.address("s3")).startsWith("http://localhost:");
    String port = addresses.address("broker").split(":")[1];
    try (var admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
      assertThat(admin.describeCluster().nodes().get())
          .extracting("host")
          .containsExactly("localhost");
    }
  }

  @Test
  void recordsSurviveAKillAndTheAddressStays() throws Exception {
    ChildJvm first = start(data);
    ReadyLine before = await(first.ready());
    try (var admin = Admin.create(Map.of("bootstrap.servers", before.address("broker")))) {
      admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
    }
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", before.address("broker"), "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < 100; i++) {
        producer.send(new ProducerRecord<>("orders", "key", "value " + i));
      }
      producer.flush();
    }

    first.kill();
    ReadyLine after = await(start(data).ready());

    assertThat(after).isEqualTo(before);
    assertThat(read(after.address("broker"), "orders", 100))
        .hasSize(100)
        .startsWith("value 0")
        .endsWith("value 99");
  }

  @Test
  void aProducersTopicIsNotCreatedByATypingError() {
    ReadyLine ready = await(start(data).ready());

    try (var admin = Admin.create(Map.of("bootstrap.servers", ready.address("broker")));
        var producer =
            new KafkaProducer<>(
                Map.<String, Object>of(
                    "bootstrap.servers", ready.address("broker"), "max.block.ms", "500"),
                new StringSerializer(),
                new StringSerializer())) {
      producer.send(new ProducerRecord<>("ordres", "key", "value"));
      assertThat(admin.listTopics().names().toCompletionStage().toCompletableFuture().join())
          .doesNotContain("ordres");
    }
  }

  @Test
  void objectsSurviveAKillAndAConditionalWriteHasOneWinner() {
    ChildJvm first = start(data);
    String endpoint = await(first.ready()).address("s3");
    try (S3Client s3 = client(endpoint)) {
      put(s3, "runs/1", "first");
      S3Exception second =
          catchThrowableOfType(S3Exception.class, () -> put(s3, "runs/1", "second"));
      assertThat(second.statusCode()).isEqualTo(412);
    }

    first.kill();
    await(start(data).ready());

    try (S3Client s3 = client(endpoint)) {
      assertThat(
              s3.getObjectAsBytes(r -> r.bucket(EmbeddedObjectStore.BUCKET).key("runs/1"))
                  .asUtf8String())
          .isEqualTo("first");
      S3Exception third = catchThrowableOfType(S3Exception.class, () -> put(s3, "runs/1", "third"));
      assertThat(third.statusCode()).isEqualTo(412);
    }
  }

  @Test
  void strangersCredentialsAreRefused() {
    String endpoint = await(start(data).ready()).address("s3");
    try (S3Client s3 = client(endpoint, "somebody", "else")) {
      S3Exception refused = catchThrowableOfType(S3Exception.class, () -> put(s3, "runs/1", "x"));
      assertThat(refused.statusCode()).isEqualTo(403);
    }
  }

  @Test
  void endsInOrderWhenAsked() {
    ChildJvm parts = start(data);
    await(parts.ready());

    assertThat(parts.stop(Duration.ofSeconds(30))).isZero();
  }

  @Test
  void aFolderHasOneOwner() {
    await(start(data).ready());

    var lines = new ConcurrentLinkedQueue<String>();
    ChildJvm second = track(PackagedLocal.parts(data).errorsAreOutput().output(lines::add).start());

    assertThat(await(second.exited())).isEqualTo(1);
    CompletableFuture<ReadyLine> never = second.ready();
    await(never.handle((ready, failure) -> failure)); // its output has ended
    assertThat(never).isCompletedExceptionally();
    assertThat(String.join("\n", lines))
        .contains(data.toString())
        .contains("in use")
        .contains("--data");
  }

  private ChildJvm start(Path folder) {
    return track(PackagedLocal.parts(folder).output(line -> {}).start());
  }

  private ChildJvm track(ChildJvm child) {
    started.add(child);
    return child;
  }

  private static List<String> read(String broker, String topic, int count) {
    var values = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", broker),
            new StringDeserializer(),
            new StringDeserializer())) {
      var partitions = List.of(new TopicPartition(topic, 0));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (values.size() < count && System.nanoTime() < deadline) {
        consumer.poll(Duration.ofSeconds(1)).forEach(r -> values.add(r.value()));
      }
    }
    return values;
  }

  private static S3Client client(String endpoint) {
    return client(endpoint, EmbeddedObjectStore.ACCESS_KEY, EmbeddedObjectStore.SECRET_KEY);
  }

  private static S3Client client(String endpoint, String key, String secret) {
    return S3Client.builder()
        .endpointOverride(URI.create(endpoint))
        .forcePathStyle(true)
        .region(Region.of(EmbeddedObjectStore.REGION))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static void put(S3Client s3, String key, String content) {
    s3.putObject(
        r -> r.bucket(EmbeddedObjectStore.BUCKET).key(key).ifNoneMatch("*"),
        RequestBody.fromString(content));
  }
}
