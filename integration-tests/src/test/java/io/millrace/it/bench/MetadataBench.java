package io.millrace.it.bench;

import io.millrace.it.Installation;
import io.millrace.it.Postgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The metadata service with fifty tasks that ask as fast as they are answered: on PostgreSQL, whose
 * server is on this machine too, and on the database in a file.
 */
final class MetadataBench {
  private static final int AT_ONCE = 50;
  private static final int HEARTBEATS = 20_000;
  private static final int TASKS = 2_000;
  private static final int WARM_UP = 4;

  private static final String FACTS =
      """
      [{"field_name":"attempt","value":"0","type":"attempt","tags":["attempt_id:0"],"user_name":"ada","ts_epoch":%1$d},
       {"field_name":"origin-run-id","value":"None","type":"origin-run-id","tags":["attempt_id:0"],"ts_epoch":%1$d},
       {"field_name":"ds-type","value":"s3","type":"ds-type","tags":["attempt_id:0"],"ts_epoch":%1$d},
       {"field_name":"ds-root","value":"s3://bucket/metaflow","type":"ds-root","tags":["attempt_id:0"],"ts_epoch":%1$d}]
      """;

  private static final String ARTIFACTS =
      """
      [{"name":"model","attempt_id":0,"sha":"%1$040x","ds_type":"s3","location":":root:s3://bucket","type":"metaflow.artifact"},
       {"name":"_task_ok","attempt_id":0,"sha":"%1$040x","ds_type":"s3","location":":root:s3://bucket","type":"metaflow.artifact"},
       {"name":"_success","attempt_id":0,"sha":"%1$040x","ds_type":"s3","location":":root:s3://bucket","type":"metaflow.artifact"}]
      """;

  private final Installation installation;
  private final Path folder;

  MetadataBench(Installation installation, Path folder) {
    this.installation = installation;
    this.folder = folder;
  }

  void run() throws Exception {
    Map<String, Double> onPostgres;
    try (var postgres = new Postgres(folder.resolve("postgres"))) {
      onPostgres = measure("on PostgreSQL", Map.of(), postgres.settings());
    }
    measure(
        "in a file",
        onPostgres,
        "millrace.metadata.enabled=true",
        "millrace.metadata.folder=" + folder.resolve("metadata"));
  }

  /**
   * @param others figures of the other database, by name, to compare with
   */
  private Map<String, Double> measure(String where, Map<String, Double> others, String... settings)
      throws Exception {
    installation.start("one", settings);
    var figures = new LinkedHashMap<String, Double>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      String flow = installation.api("one") + "/metadata/flows/Bench";
      post(client, flow, "{}");
      post(client, flow + "/run", "{\"run_number\":\"r\"}");
      post(client, flow + "/runs/r/steps/work/step", "{}");
      String step = flow + "/runs/r/steps/work";
      register(client, step, 0, TASKS / WARM_UP, new Latencies(TASKS));
      beat(client, step, HEARTBEATS / WARM_UP, new Latencies(HEARTBEATS));

      var registrations = new Latencies(TASKS * 3);
      double seconds = register(client, step, TASKS, TASKS, registrations);
      figures.put("registrations", registrations.count() / seconds);
      figures.put("registrations p99", registrations.percentile(99));
      var heartbeats = new Latencies(HEARTBEATS);
      seconds = beat(client, step, HEARTBEATS, heartbeats);
      figures.put("heartbeats", heartbeats.count() / seconds);
      figures.put("heartbeats p99", heartbeats.percentile(99));
    }
    installation.stop("one");
    figures.forEach(
        (figure, value) ->
            Report.print(
                "metadata service %s, %s".formatted(where, figure),
                value,
                figure.endsWith("p99") ? "ms" : "requests/s",
                others.get(figure),
                "50 clients at once, on the same two cores"
                    + (others.isEmpty() ? "" : "; limit: the same on PostgreSQL")));
    return figures;
  }

  /** A task with four facts and three artifacts, in the three requests of Metaflow's client. */
  private static double register(
      HttpClient client, String step, int from, int count, Latencies latencies) throws Exception {
    return atOnce(
        count,
        n -> {
          String task = "work-" + (from + n);
          timed(client, step + "/task", "{\"task_id\":\"%s\"}".formatted(task), latencies);
          timed(client, step + "/tasks/" + task + "/metadata", FACTS.formatted(n), latencies);
          timed(client, step + "/tasks/" + task + "/artifact", ARTIFACTS.formatted(n), latencies);
        });
  }

  private static double beat(HttpClient client, String step, int count, Latencies latencies)
      throws Exception {
    return atOnce(
        count,
        n -> timed(client, step + "/tasks/work-" + n % AT_ONCE + "/heartbeat", "{}", latencies));
  }

  private interface Request {
    void send(int n) throws IOException, InterruptedException;
  }

  /**
   * @return how long all took, in seconds
   */
  private static double atOnce(int count, Request request) throws Exception {
    var next = new AtomicInteger();
    long began = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var clients = new ArrayList<Future<?>>();
      for (int c = 0; c < AT_ONCE; c++) {
        clients.add(
            threads.submit(
                () -> {
                  for (int n = next.getAndIncrement(); n < count; n = next.getAndIncrement()) {
                    request.send(n);
                  }
                  return null;
                }));
      }
      for (Future<?> each : clients) {
        each.get();
      }
    }
    return (System.nanoTime() - began) / 1e9;
  }

  private static void timed(HttpClient client, String url, String body, Latencies latencies)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    post(client, url, body);
    latencies.add(System.nanoTime() - began);
  }

  private static void post(HttpClient client, String url, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(url + " answered " + answer.statusCode() + answer.body());
    }
  }
}
