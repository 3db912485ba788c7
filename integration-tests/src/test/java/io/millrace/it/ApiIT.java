package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.api.FlowView;
import io.millrace.events.api.RunView;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The API on a real installation: what a person or a program can ask, and what it is told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiIT {
  private static final String GATED =
      """
      name: gated
      parameters: {gate: {type: string, required: true}, fail: {type: boolean, default: false}}
      steps:
        - name: start
          container: {command: [sh, -c, 'echo one; echo two >&2; mkfifo -m 600 $MILLRACE_PARAM_GATE 2>/dev/null; read line < $MILLRACE_PARAM_GATE; echo three']}
          next: second
        - name: second
          container: {command: [sh, -c, '[ -e "$MILLRACE_PARAM_GATE.ok" ] || [ $MILLRACE_PARAM_FAIL != true ]']}
      """;

  private Path folder;
  private Installation installation;
  private Starts starts;

  @BeforeAll
  void install(@TempDir Path data) {
    folder = data;
    installation = new Installation(data);
    starts = new Starts(data);
    installation.start("one");
    assertThat(installation.post("one", "/api/v1/flows", starts.flow("api", 3, 0)).statusCode())
        .isEqualTo(201);
    assertThat(installation.post("one", "/api/v1/flows", GATED).statusCode()).isEqualTo(201);
  }

  @AfterAll
  void remove() {
    installation.close();
  }

  @Test
  void aRunIsAcceptedFollowedAndShown() {
    RunId run = accepted(installation.post("one", "/api/v1/runs", "{\"flow\":\"api\"}"));

    List<String> events = stream("/api/v1/runs/" + run + "/events", null);

    assertThat(events.getFirst()).contains("io.millrace.run.started");
    assertThat(events.getLast()).contains("io.millrace.run.succeeded");
    RunView shown = read(get("/api/v1/runs/" + run), RunView.class);
    assertThat(shown.state()).isEqualTo(RunView.State.SUCCEEDED);
    assertThat(shown.parameters()).containsEntry("width", IntNode.valueOf(3));
    assertThat(shown.steps())
        .extracting(step -> step.step() + ":" + step.done() + "/" + step.total())
        .containsExactly("start:1/1", "fan:1/1", "work:3/3", "gather:1/1", "side:1/1", "meet:1/1");
    assertThat(shown.steps().get(2).retries()).isEqualTo(1);
    assertThat(get("/api/v1/runs?flow=api&state=succeeded")).contains(run.value());
    assertThat(get("/api/v1/runs?flow=other")).doesNotContain(run.value());
  }

  @Test
  void aDefinitionThatIsNotCurrentIsRunByItsDigestAndListedNowhere() {
    String text =
        "{\"name\":\"unlisted\",\"steps\":[{\"name\":\"only\",\"container\":{\"command\":[\"true\"]}}]}";

    var first =
        read(
            installation.post("one", "/api/v1/flows?current=false", text).body(),
            FlowView.Deployed.class);
    var again =
        read(
            installation.post("one", "/api/v1/flows?current=false", text).body(),
            FlowView.Deployed.class);

    assertThat(again).isEqualTo(new FlowView.Deployed(first.ref(), false));
    assertThat(get("/api/v1/flows")).doesNotContain("unlisted");
    RunId run =
        accepted(installation.post("one", "/api/v1/runs", "{\"flow\":\"" + first.ref() + "\"}"));
    assertThat(await(installation.events().end(run))).isEqualTo("succeeded");
  }

  @Test
  void aStreamGoesOnAfterTheLastEventThatWasSeen() {
    RunId run = accepted(installation.post("one", "/api/v1/runs", "{\"flow\":\"api\"}"));
    List<String> all = stream("/api/v1/runs/" + run + "/events", null);

    String middle = all.get(all.size() / 2).lines().findFirst().orElseThrow().substring(3).strip();
    List<String> rest = stream("/api/v1/runs/" + run + "/events", middle);

    assertThat(rest).isEqualTo(all.subList(all.size() / 2 + 1, all.size()));
  }

  @Test
  void theSameKeyAsksForTheSameRun() throws Exception {
    String first = keyed("key-1");
    String second = keyed("key-1");
    String other = keyed("key-2");

    assertThat(second).isEqualTo(first);
    assertThat(other).isNotEqualTo(first);
    assertThat(await(installation.events().end(read(first, RunView.Accepted.class).run())))
        .isEqualTo("succeeded");
  }

  @Test
  void linesAreReadWhileTheyAreWrittenAndOnlyOnce() throws Exception {
    Path gate = folder.resolve("gate-logs");
    RunId run = gated(gate, false);
    await(installation.events().event("task.running", run + "/start/0"));
    String logs = "/api/v1/runs/" + run + "/tasks/start/attempts/0/logs";

    try (var following = new LineStream(installation.api("one") + logs + "?follow=true")) {
      assertThat(following.awaitData("two")).isTrue();
      open(gate);
      assertThat(following.awaitEnd()).isTrue();
      assertThat(following.data("stdout")).containsExactly("one", "three");
      assertThat(following.data("stderr")).containsExactly("two");
    }
    await(installation.events().end(run));
    List<String> again = stream(logs, "out:4,err:4");
    assertThat(again).hasSize(1).first().asString().contains("three");
    assertThat(get("/api/v1/runs/" + run + "/logs?step=start")).contains("\"task\":\"start\"");
  }

  @Test
  void aRunIsSuspendedResumedAndCancelled() throws Exception {
    Path gate = folder.resolve("gate-suspend");
    RunId run = gated(gate, false);
    await(installation.events().event("task.running", run + "/start/0"));

    assertThat(post("/api/v1/runs/" + run + "/suspend").statusCode()).isEqualTo(202);
    await(installation.events().event("run.suspended", run.value()));
    open(gate);
    await(installation.events().event("task.succeeded", run + "/start/0"));
    assertThat(get("/api/v1/runs/" + run + "/tasks?step=second")).contains("\"waiting\"");
    assertThat(post("/api/v1/runs/" + run + "/resume").statusCode()).isEqualTo(202);
    assertThat(await(installation.events().end(run))).isEqualTo("succeeded");

    RunId second = gated(folder.resolve("gate-cancel"), false);
    await(installation.events().event("task.running", second + "/start/0"));
    assertThat(
            installation
                .post("one", "/api/v1/runs/" + second + "/cancel", "{\"reason\":\"enough\"}")
                .statusCode())
        .isEqualTo(202);
    assertThat(await(installation.events().end(second))).isEqualTo("cancelled");
    assertThat(get("/api/v1/runs/" + second)).contains("enough");
    assertThat(post("/api/v1/runs/" + second + "/cancel").statusCode()).isEqualTo(409);
  }

  @Test
  void aFailedRunGoesOnFromWhereItFailed() throws Exception {
    Path gate = folder.resolve("gate-retry");
    RunId run = gated(gate, true);
    await(installation.events().event("task.running", run + "/start/0"));
    open(gate);
    assertThat(await(installation.events().end(run))).isEqualTo("failed");
    assertThat(get("/api/v1/runs/" + run + "/tasks?state=failed")).contains("user-error");

    java.nio.file.Files.createFile(folder.resolve("gate-retry.ok"));
    RunId retried = accepted(post("/api/v1/runs/" + run + "/retry"));

    assertThat(await(installation.events().end(retried))).isEqualTo("succeeded");
    assertThat(installation.events().of(retried))
        .extracting(PublicEvents.Seen::subject)
        .contains(retried + "/second/0")
        .doesNotContain(retried + "/start/0");
    assertThat(read(get("/api/v1/runs/" + retried), RunView.class).origins()).containsExactly(run);
    assertThat(post("/api/v1/runs/" + retried + "/retry").statusCode()).isEqualTo(409);
  }

  @Test
  void aRunThatSucceededIsTakenOverWholeAndParametersCanChange() {
    RunId run = accepted(installation.post("one", "/api/v1/runs", "{\"flow\":\"api\"}"));
    assertThat(await(installation.events().end(run))).isEqualTo("succeeded");

    RunId whole = accepted(retry(run, "{\"succeeded\":true}"));
    assertThat(await(installation.events().end(whole))).isEqualTo("succeeded");
    assertThat(installation.events().of(whole))
        .extracting(PublicEvents.Seen::subject)
        .containsOnly(whole.value());

    RunId wider = accepted(retry(run, "{\"from\":\"start\",\"parameters\":{\"width\":4}}"));
    assertThat(await(installation.events().end(wider))).isEqualTo("succeeded");
    RunView shown = read(get("/api/v1/runs/" + wider), RunView.class);
    assertThat(shown.parameters()).containsEntry("width", IntNode.valueOf(4));
    assertThat(shown.steps().get(2).done()).isEqualTo(4);
    assertThat(retry(run, "{\"from\":\"start\",\"parameters\":{\"width\":\"x\"}}").body())
        .contains("parameter 'width' is of type integer");
  }

  private HttpResponse<String> retry(RunId run, String body) {
    return installation.post("one", "/api/v1/runs/" + run + "/retry", body);
  }

  @Test
  void mistakesAreNamedAllAtOnce() {
    HttpResponse<String> flow =
        installation.post(
            "one",
            "/api/v1/flows",
            """
            name: bad flow
            steps:
              - {name: start, timeout: soon, next: nowhere}
              - {name: lost, container: {command: [x]}}
            """);
    assertThat(flow.statusCode()).isEqualTo(422);
    assertThat(flow.body())
        .contains("bad flow", "timeout", "no step is called 'nowhere'", "needs a container");
    assertThat(problem("{\"flow\":\"nobody\"}", 404)).contains("nobody", "api");
    assertThat(problem("{\"flow\":\"gated\"}", 422)).contains("gate", "required");
    assertThat(problem("{\"flow\":\"api\",\"parameters\":{\"width\":\"x\"}}", 422))
        .contains("width", "integer");
    assertThat(problem("{\"flow\":", 400)).contains("run request");
  }

  @Test
  void whatIsTooLargeForEveryOrderIsRefusedBeforeItIsOne() {
    String large = "x".repeat(1 << 20);
    assertThat(problem("{\"flow\":\"gated\",\"parameters\":{\"gate\":\"" + large + "\"}}", 422))
        .contains("bytes", "1048576");
    HttpResponse<String> flow =
        installation.post(
            "one",
            "/api/v1/flows",
            "name: large\nsteps:\n  - {name: s, container: {command: [" + large + "]}}\n");
    assertThat(flow.statusCode()).isEqualTo(422);
    assertThat(flow.body()).contains("bytes as JSON");
  }

  @Test
  void aRunIsDoneOnceMoreFromAStep() {
    RunId run = accepted(installation.post("one", "/api/v1/runs", "{\"flow\":\"api\"}"));
    assertThat(await(installation.events().end(run))).isEqualTo("succeeded");

    RunId again = accepted(from(run, "meet"));
    thenDone(again, "meet");
    // All branches of a foreach, and one of a split.
    thenDone(accepted(from(run, "work")), "work", "gather", "meet");
    thenDone(accepted(from(run, "side")), "side", "meet");
    assertThat(from(run, "none").body()).contains("no step 'none'");
    assertThat(from(again, "meet").statusCode()).isEqualTo(202);
    assertThat(accepted(from(run, "start"))).isNotEqualTo(run);
  }

  /** The run succeeds, having done these steps and no others. */
  private void thenDone(RunId run, String... steps) {
    assertThat(await(installation.events().end(run))).isEqualTo("succeeded");
    assertThat(installation.events().of(run))
        .filteredOn(event -> event.type().endsWith("task.succeeded"))
        .extracting(event -> event.subject().split("[/-]")[1])
        .containsOnly(steps);
  }

  private HttpResponse<String> from(RunId run, String step) {
    return installation.post(
        "one", "/api/v1/runs/" + run + "/retry", "{\"from\":\"" + step + "\"}");
  }

  @Test
  void aFlowThatIsWithdrawnAsksForNoMoreRuns() throws Exception {
    String flow = "{name: passing, steps: [{name: s, container: {command: ['true']}}]}";
    assertThat(installation.post("one", "/api/v1/flows", flow).statusCode()).isEqualTo(201);

    assertThat(delete("/api/v1/flows/passing").statusCode()).isEqualTo(204);

    assertThat(get("/api/v1/flows")).doesNotContain("passing");
    assertThat(problem("{\"flow\":\"passing\"}", 404)).contains("passing");
    assertThat(delete("/api/v1/flows/passing").statusCode()).isEqualTo(404);
    assertThat(installation.post("one", "/api/v1/flows", flow).statusCode()).isEqualTo(201);
    assertThat(get("/api/v1/flows")).contains("passing");
  }

  @Test
  void theInstallationSaysWhatRunsItsSteps() {
    assertThat(get("/api/v1/installation")).isEqualTo("{\"executor\":\"process\"}");
  }

  @Test
  void healthMetricsAndDescriptionAreThere() {
    await(
        installation
            .events()
            .end(accepted(installation.post("one", "/api/v1/runs", "{\"flow\":\"api\"}"))));
    assertThat(get("/q/health/live")).contains("UP");
    assertThat(get("/q/health/ready")).contains("UP");
    assertThat(get("/q/health/started")).contains("UP");
    assertThat(get("/q/metrics"))
        .contains(
            "millrace_loop_commands_total",
            "millrace_checkpoint_commit_seconds",
            "millrace_loop_lag_commands",
            "millrace_loop_restore_seconds",
            "millrace_launches_seconds",
            "millrace_attempts_active",
            "millrace_runs_active");
    assertThat(get("/q/openapi")).contains("/api/v1/runs/{run}/events");
  }

  private RunId gated(Path gate, boolean fail) {
    return accepted(
        installation.post(
            "one",
            "/api/v1/runs",
            Json.text(
                Map.of(
                    "flow",
                    "gated",
                    "parameters",
                    Map.of("gate", gate.toString(), "fail", fail)))));
  }

  /** Lets the waiting step go on: writing to a pipe returns when its reader is there. */
  private static void open(Path gate) throws Exception {
    Process writer = new ProcessBuilder("sh", "-c", "echo go > " + gate).start();
    await(writer.onExit());
  }

  private String problem(String body, int status) {
    HttpResponse<String> answer = installation.post("one", "/api/v1/runs", body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return answer.body();
  }

  private String keyed(String key) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(installation.api("one") + "/api/v1/runs"))
                  .header("Idempotency-Key", key)
                  .POST(HttpRequest.BodyPublishers.ofString("{\"flow\":\"api\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private HttpResponse<String> delete(String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(installation.api("one") + path)).DELETE().build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private HttpResponse<String> post(String path) {
    return installation.post("one", path, "");
  }

  private String get(String path) {
    return installation.get("one", path).body();
  }

  private static RunId accepted(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return read(answer.body(), RunView.Accepted.class).run();
  }

  private static <T> T read(String json, Class<T> type) {
    return switch (Json.read(json.getBytes(StandardCharsets.UTF_8), type, type.getSimpleName())) {
      case Decoded.Understood<T>(T value) -> value;
      case Decoded.NotUnderstood<T>(String reason) -> throw new AssertionError(reason + json);
    };
  }

  /** The events of a stream that the server ends, comments apart. */
  private List<String> stream(String path, String last) {
    var request = HttpRequest.newBuilder(URI.create(installation.api("one") + path));
    if (last != null) {
      request.header("Last-Event-ID", last);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      String body =
          await(
              client
                  .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                  .thenApply(HttpResponse::body));
      var events = new ArrayList<String>();
      for (String event : body.split("\n\n")) {
        if (event.startsWith("id")) {
          events.add(event);
        }
      }
      return events;
    }
  }
}
