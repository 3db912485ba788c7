package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.local.ChildJvm;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The metadata service and the run history of the packaged scheduler. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetadataServiceIT {
  private Path folder;
  private Installation installation;

  @BeforeAll
  void install(@TempDir Path empty) {
    folder = empty;
    installation = new Installation(folder.resolve("millrace"));
  }

  @AfterEach
  void stop() {
    installation.kill("one");
  }

  @AfterAll
  void remove() {
    installation.close();
  }

  private String[] inAFile(String name) {
    return new String[] {
      "millrace.metadata.enabled=true", "millrace.metadata.folder=" + folder.resolve(name)
    };
  }

  @Test
  void metaflowsOwnClientFindsEverythingInAFile() throws Exception {
    installation.start("one", inAFile("database"));
    String run = runAndRead("in-a-file");
    String steps = "/metadata/flows/ServedFlow/runs/" + run + "/steps";
    JsonNode before = json(installation.get("one", steps + "/double/tasks"));

    installation.kill("one");
    installation.start("one", inAFile("database"));

    assertThat(json(installation.get("one", steps + "/double/tasks"))).isEqualTo(before);
    JsonNode next = json(installation.post("one", "/metadata/flows/ServedFlow/run", "{}"));
    assertThat(next.path("run_number").asLong()).isGreaterThan(Long.parseLong(run));
  }

  @Test
  void metaflowsOwnClientFindsEverythingOnPostgres() throws Exception {
    try (var postgres = new Postgres(folder.resolve("postgres"))) {
      installation.start("one", postgres.settings());
      var starts = new Starts(folder);
      installation.post("one", "/api/v1/flows", starts.flow("meanwhile", 2, 0));
      PublicEvents events = installation.events();
      runAndRead("on-postgres");

      postgres.close();
      HttpResponse<String> refused = installation.get("one", "/metadata/flows");
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.body()).contains("cannot be reached", "try again");
      RunId run = installation.publish("meanwhile", "meanwhile", Map.of());
      assertThat(await(events.end(run))).isEqualTo("succeeded");

      postgres.start();
      Eventually.answers(() -> installation.get("one", "/metadata/flows"), "ServedFlow");
      assertThat(ended(run).path("state").asText()).isEqualTo("succeeded");
    }
  }

  /**
   * @return the run's id
   */
  private String runAndRead(String name) throws Exception {
    Path own = folder.resolve(name);
    var metaflow = new MetaflowClient(own, installation.api("one") + "/metadata");
    metaflow.python("served.py", "run", "--tag", "tagged", "--run-id-file", "run-id");
    String run = Files.readString(own.resolve("run-id"));

    assertThat(metaflow.python("read_served.py", run)).contains("all as it should be");

    JsonNode shown = json(installation.get("one", "/metadata/flows/ServedFlow/runs/" + run));
    assertThat(shown.path("status").asText()).isEqualTo("completed");
    assertThat(shown.path("last_heartbeat_ts").asLong()).isPositive();
    JsonNode tasks =
        json(
            installation.get(
                "one", "/metadata/flows/ServedFlow/runs/" + run + "/steps/double/tasks"));
    assertThat(tasks).allMatch(task -> task.path("status").asText().equals("completed"));
    assertThat(tasks).allMatch(task -> task.path("last_heartbeat_ts").asLong() > 0);
    return run;
  }

  @Test
  void theHistoryHasEveryRunAlsoWhenTheDatabaseIsLost() throws Exception {
    installation.start("one", inAFile("history"));
    var starts = new Starts(folder);
    installation.post("one", "/api/v1/flows", starts.flow("kept", 2, 0));
    installation.events();
    RunId run = installation.publish("first", "kept", Map.of());
    assertThat(await(installation.events().end(run))).isEqualTo("succeeded");

    JsonNode found = ended(run);
    assertThat(found.path("flow").asText()).startsWith("kept@");
    assertThat(found.path("parameters").path("width").asInt()).isPositive();
    assertThat(json(installation.get("one", "/api/v1/history/runs?flow=kept&state=succeeded")))
        .isEqualTo(json(installation.get("one", "/api/v1/history/runs?text=" + run)));
    JsonNode tasks = json(installation.get("one", "/api/v1/history/runs/" + run + "/tasks"));
    assertThat(tasks.path("tasks")).isNotEmpty().allMatch(t -> t.path("attempt").asInt() >= 0);

    installation.stop("one");
    installation.start("one", inAFile("empty"));

    assertThat(ended(run)).isEqualTo(found);
    assertThat(json(installation.get("one", "/api/v1/history/runs/" + run + "/tasks")))
        .isEqualTo(tasks);
  }

  /** A run in the history, when it has ended there: what is published is written a moment later. */
  private JsonNode ended(RunId run) {
    String path = "/api/v1/history/runs/" + run;
    return json(Eventually.answers(() -> installation.get("one", path), "\"ended\""));
  }

  @Test
  void whatIsWrongIsSaid() {
    installation.start("one");
    assertThat(installation.get("one", "/metadata/ping").statusCode()).isEqualTo(404);
    assertThat(installation.get("one", "/api/v1/history/runs").body())
        .contains("millrace.metadata.enabled=true");
    installation.stop("one");

    ChildJvm lost =
        installation.launch(
            "one",
            "millrace.metadata.enabled=true",
            "millrace.metadata.database.url=jdbc:postgresql://127.0.0.1:9/none");
    assertThat(await(lost.exited())).isNotZero();
    assertThat(installation.said())
        .contains("jdbc:postgresql://127.0.0.1:9/none cannot be used")
        .contains("check millrace.metadata.database.url");

    installation.start("one", inAFile("wrong"));
    assertThat(installation.post("one", "/metadata/flows/F/run", "[]").statusCode()).isEqualTo(400);
    HttpResponse<String> state = installation.get("one", "/api/v1/history/runs?state=odd");
    assertThat(state.statusCode()).isEqualTo(400);
    assertThat(state.body()).contains("'odd' is no state of a run", "timed-out");

    ChildJvm second = installation.launch("two", inAFile("wrong"));
    assertThat(await(second.exited())).isNotZero();
    assertThat(installation.said()).contains("no other process has it");
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return switch (Json.read(
        answer.body().getBytes(StandardCharsets.UTF_8), JsonNode.class, "an answer")) {
      case Decoded.Understood<JsonNode>(JsonNode tree) -> tree;
      case Decoded.NotUnderstood<JsonNode>(String reason) -> throw new AssertionError(reason);
    };
  }
}
