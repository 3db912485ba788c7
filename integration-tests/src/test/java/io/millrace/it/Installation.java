package io.millrace.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.CloudEvents;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.local.ChildJvm;
import io.millrace.local.PartsMain;
import io.millrace.local.ReadyLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An installation on one folder: broker and object store in one process, schedulers in others, each
 * to be killed and started again by a test. Everything is the packaged program.
 */
public final class Installation implements AutoCloseable {
  /** How long an event may take before it counts as lost. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Starts fastest, and never becomes fast. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  private static final Path HOME = Path.of(System.getProperty("millrace.home"));
  private static final Path PARTS = HOME.resolve("local/target/millrace-local.jar");
  private static final Path SCHEDULER =
      HOME.resolve("scheduler/target/quarkus-app/quarkus-run.jar");

  private final Path folder;
  private final Access access;
  private List<String> jvmOptions;
  private final List<ChildJvm> children = new ArrayList<>();
  private final Map<String, ChildJvm> schedulers = new ConcurrentHashMap<>();
  private final Map<String, String> apis = new ConcurrentHashMap<>();
  private final Path said;
  private ChildJvm parts;
  private ReadyLine addresses;
  private KafkaProducer<byte[], byte[]> producer;
  private PublicEvents events;

  public Installation(Path folder) {
    this(folder, List.of("-Xmx256m", "-XX:+UseSerialGC", QUICK_START));
  }

  /**
   * @param jvmOptions of the schedulers
   */
  public Installation(Path folder, List<String> jvmOptions) {
    this(folder, jvmOptions, Access.OPEN);
  }

  /**
   * How a broker is guarded and how the test itself gets in.
   *
   * @param broker options of the parts
   * @param publisher Kafka's settings of who asks for runs
   * @param reader Kafka's settings of who follows the events
   */
  public record Access(
      List<String> broker, Map<String, Object> publisher, Map<String, Object> reader) {
    static final Access OPEN = new Access(List.of(), Map.of(), Map.of());
  }

  public Installation(Path folder, Access access) {
    this(folder, List.of("-Xmx256m", "-XX:+UseSerialGC", QUICK_START), access);
  }

  private Installation(Path folder, List<String> jvmOptions, Access access) {
    this.access = access;
    this.jvmOptions = jvmOptions;
    this.folder = folder;
    this.said = folder.resolve("said.log");
    startParts();
    producer =
        new KafkaProducer<>(
            at(brokers(), access.publisher(), Map.of("acks", "all", "linger.ms", 0)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /** Starts broker and object store, on the same addresses as before. */
  public void startParts() {
    parts =
        ChildJvm.main(PARTS.toString(), PartsMain.class.getName())
            .jvmOptions("-Xmx400m", "-XX:+UseSerialGC")
            .jvmOptions(jvmOptions.stream().filter(QUICK_START::equals).toList())
            .arguments("--data", folder.toString(), "--with-parent")
            .arguments(access.broker().toArray(String[]::new))
            .output(line -> {})
            .start();
    children.add(parts);
    addresses = await(parts.ready());
  }

  private static Map<String, Object> at(
      String brokers, Map<String, Object> access, Map<String, Object> more) {
    var all = new HashMap<>(access);
    all.putAll(more);
    all.put("bootstrap.servers", brokers);
    return all;
  }

  public void killParts() {
    parts.kill();
  }

  public String brokers() {
    return addresses.address("broker");
  }

  /** Starts a scheduler and waits until it is ready. */
  public ChildJvm start(String replica, String... settings) {
    ChildJvm scheduler = launch(replica, settings);
    apis.put(replica, await(scheduler.ready()).address("http"));
    return scheduler;
  }

  /** Starts a scheduler that may end before it is ready. */
  public ChildJvm launch(String replica, String... settings) {
    var options = new ArrayList<String>();
    options.addAll(jvmOptions);
    options.add("-Dkafka.bootstrap.servers=" + brokers());
    options.add("-Dmillrace.replica=" + replica);
    options.add("-Dmillrace.partitions=3");
    options.add("-Dmillrace.data=" + folder.resolve("executor"));
    options.add("-Dmp.messaging.incoming.run-requests.group.instance.id=" + replica);
    options.add("-Dmp.messaging.incoming.orders.group.instance.id=" + replica);
    options.add("-Dmp.messaging.incoming.trigger-events.group.instance.id=" + replica);
    options.add("-Dmp.messaging.incoming.own-events.group.instance.id=" + replica);
    options.add("-Dmillrace.objects.s3.endpoint=" + addresses.address("s3"));
    options.add("-Dmillrace.objects.s3.bucket=millrace");
    options.addAll(
        List.of(
            "-Daws.region=us-east-1",
            "-Daws.accessKeyId=millrace",
            "-Daws.secretAccessKey=millrace-local"));
    options.add("-Dquarkus.http.port=0");
    for (String setting : settings) {
      options.add("-D" + setting);
    }
    ChildJvm scheduler =
        ChildJvm.jar(SCHEDULER)
            .jvmOptions(options)
            .errorsAreOutput()
            .output(line -> say(replica, line))
            .start();
    children.add(scheduler);
    schedulers.put(replica, scheduler);
    return scheduler;
  }

  private synchronized void say(String replica, String line) {
    try {
      Files.writeString(
          said,
          replica + " " + line + "\n",
          java.nio.file.StandardOpenOption.CREATE,
          java.nio.file.StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the schedulers said, for the message of a failure. */
  synchronized String said() {
    try {
      List<String> lines = Files.exists(said) ? Files.readAllLines(said) : List.of();
      return lines.stream()
          .filter(line -> !line.contains("\tat "))
          .skip(Math.max(0, lines.size() - 200))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void kill(String replica) {
    schedulers.get(replica).kill();
  }

  /** Sends a signal, such as STOP or CONT, to a scheduler. */
  public void signal(String replica, String signal) throws IOException {
    long pid = schedulers.get(replica).handle().pid();
    Process kill = new ProcessBuilder("kill", "-s", signal, Long.toString(pid)).start();
    await(kill.onExit());
  }

  public HttpResponse<String> post(String replica, String path, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(apis.get(replica) + path))
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  public HttpResponse<String> get(String replica, String path) {
    return send(HttpRequest.newBuilder(URI.create(apis.get(replica) + path)));
  }

  public HttpResponse<String> delete(String replica, String path) {
    return send(HttpRequest.newBuilder(URI.create(apis.get(replica) + path)).DELETE());
  }

  public String api(String replica) {
    return apis.get(replica);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          request.timeout(PATIENCE).build(),
          HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Asks for a run as any program would: by a CloudEvent on the public topic. */
  public RunId publish(String id, String flow, Map<String, JsonNode> parameters) {
    send(request(id, flow, parameters));
    return RunId.derived("test", id);
  }

  /** As {@link #publish}, without waiting for the acknowledgement. */
  public RunId publishAsync(String id, String flow, Map<String, JsonNode> parameters) {
    producer.send(request(id, flow, parameters));
    return RunId.derived("test", id);
  }

  private static ProducerRecord<byte[], byte[]> request(
      String id, String flow, Map<String, JsonNode> parameters) {
    var headers = new RecordHeaders();
    CloudEvents.headers(id, "test", RunRequest.TYPE, flow, Instant.now()).forEach(headers::add);
    byte[] body = Json.write(new RunRequest(flow, parameters, null, null, null, null));
    return new ProducerRecord<>("millrace.run-requests", null, null, null, body, headers);
  }

  /** Sends a record and waits for its acknowledgement. */
  public void send(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("not acknowledged: " + record.topic(), e);
    }
  }

  /**
   * The public events, followed from the first call on; a scheduler must have been ready before.
   */
  public synchronized PublicEvents events() {
    if (events == null) {
      events = new PublicEvents(at(brokers(), access.reader(), Map.of()));
    }
    return events;
  }

  public static <T> T await(CompletableFuture<T> event) {
    return event.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** Stops a scheduler in order. */
  public void stop(String replica) {
    schedulers.get(replica).stop(PATIENCE);
  }

  /** JVM options of the schedulers that are started now. */
  public List<String> jvmOptions() {
    return jvmOptions;
  }

  /** JVM options of the schedulers that are started from now on. */
  public void jvmOptions(List<String> options) {
    jvmOptions = options;
  }

  /** A scheduler, to look at what it uses. */
  public ProcessHandle process(String replica) {
    return schedulers.get(replica).handle();
  }

  /** The parts, to look at what they use. */
  public ProcessHandle partsProcess() {
    return parts.handle();
  }

  @Override
  public void close() {
    if (events != null) {
      events.close();
    }
    producer.close(Duration.ZERO);
    children.reversed().forEach(ChildJvm::kill);
  }
}
