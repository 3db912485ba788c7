package io.millrace.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.CommandRun;
import io.millrace.client.FakeApi;
import io.millrace.client.Sample;
import io.millrace.events.Cause;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.api.FlowView;
import io.millrace.events.api.HistoryView;
import io.millrace.events.api.Problem;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView;
import io.millrace.events.flow.FlowProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
  private final FakeApi api = Sample.api();

  @AfterEach
  void close() {
    api.close();
  }

  private CommandRun.Result execute(String... args) {
    return CommandRun.against(api).execute(args);
  }

  @Test
  void deploysADocument(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("flow.yaml"), Sample.YAML);
    api.on(
        "POST /flows",
        (request, reply) -> reply.json(201, new FlowView.Deployed(Sample.REF, true)));

    var result = execute("deploy", file.toString());

    assertThat(result.out()).isEqualTo("Deployed " + Sample.REF + "\n");
    assertThat(result.code()).isZero();
    assertThat(api.requests().getFirst().body()).isEqualTo(Sample.YAML);
    assertThat(api.requests().getFirst().contentType()).isEqualTo("application/yaml");
    assertThat(execute("deploy", file.toString(), "-o", "json").out())
        .isEqualTo(Json.text(new FlowView.Deployed(Sample.REF, true)) + "\n");
  }

  @Test
  void showsEverythingThatIsWrongWithADocument(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("flow.json"), "{}");
    var problem =
        new Problem(
            "Invalid flow document",
            422,
            "2 problems",
            List.of(new FlowProblem("name", "missing"), new FlowProblem("steps", "none")));
    api.on("POST /flows", (request, reply) -> reply.json(422, problem));

    var result = execute("deploy", file.toString());

    assertThat(result.err())
        .isEqualTo("Invalid flow document: 2 problems\n  name: missing\n  steps: none\n");
    assertThat(result.code()).isEqualTo(1);
    assertThat(api.requests().getFirst().contentType()).isEqualTo("application/json");
  }

  @Test
  void validatesWithoutAServer(@TempDir Path folder) throws IOException {
    Path good = Files.writeString(folder.resolve("good.yaml"), Sample.YAML);
    Path bad =
        Files.writeString(
            folder.resolve("bad.yaml"),
            "name: x\nsteps: [{name: a, timeout: soon, next: b, container: {command: [ls]}}]");

    assertThat(execute("validate", good.toString()).out())
        .isEqualTo(good + " is valid: " + Sample.REF + "\n");
    var result = execute("validate", bad.toString());
    assertThat(result.err())
        .startsWith(bad + " has 2 problems:\n")
        .contains("steps[0] (a).timeout: expected a duration")
        .contains("steps[0] (a).next");
    assertThat(result.code()).isEqualTo(1);
    assertThat(execute("validate", bad.toString(), "-o", "json").out())
        .contains("\"valid\":false")
        .contains("\"where\":\"steps[0] (a).timeout\"");
    assertThat(execute("validate", "no-such.yaml").err())
        .isEqualTo("There is no file 'no-such.yaml'.\n");
    assertThat(execute("validate", "no-such.yaml").code()).isEqualTo(2);
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void asksTheApiForARun() {
    var result =
        execute(
            "run",
            "train",
            "-p",
            "lines=7",
            "--param",
            "name=17",
            "--tag",
            "a",
            "--tag",
            "b",
            "--priority",
            "4",
            "--run",
            "mine");

    assertThat(result.out()).isEqualTo("nightly-17\n");
    assertThat(result.code()).isZero();
    assertThat(api.requests("/runs").getFirst().body())
        .isEqualTo(
            "{\"flow\":\"train\",\"parameters\":{\"lines\":7,\"name\":\"17\"},\"run\":\"mine\",\"priority\":4,\"tags\":[\"a\",\"b\"]}");
    assertThat(execute("run", "train", "-o", "json").out()).isEqualTo("{\"run\":\"nightly-17\"}\n");
  }

  @Test
  void listsRunsAndFlows() {
    assertThat(execute("runs").out())
        .isEqualTo(
            """
            RUN         FLOW   STATE      STARTED              TOOK  TAGS
            nightly-17  train  succeeded  2026-03-01 12:00:00  9.5s  nightly
            """);
    assertThat(execute("flows").out())
        .isEqualTo(
            """
            FLOW   SHA-256       DESCRIPTION
            train  %s  trains
            """
                .formatted(Sample.REF.digest().substring(0, 12)));
    execute("runs", "--flow", "a b", "--state", "timed-out", "--limit", "5");
    assertThat(api.requests().getLast().uri())
        .isEqualTo("/runs?flow=a%20b&state=timed-out&limit=5");
    assertThat(execute("runs", "-o", "json").out())
        .isEqualTo(Json.text(new RunView.Page(List.of(Sample.succeeded()), null)) + "\n");
    assertThat(execute("runs", "--state", "done").err())
        .startsWith("'done' is no state of a run; expected one of running, suspended,");
  }

  @Test
  void listsTheHistory() {
    Instant noon = Instant.parse("2026-03-01T12:00:00Z");
    var run =
        new HistoryView(
            RunId.of("nightly-3"),
            Sample.REF,
            RunView.State.FAILED,
            "no space left",
            null,
            noon,
            noon.plusSeconds(9));
    api.on("GET /history/runs", new HistoryView.Page(List.of(run), "nightly-3"));

    var result = execute("history", "--state", "failed", "--text", "no space", "--limit", "1");

    assertThat(result.out())
        .isEqualTo(
            """
            RUN        FLOW   STATE   STARTED              TOOK  MESSAGE
            nightly-3  train  failed  2026-03-01 12:00:00  9.0s  no space left
            """);
    assertThat(result.err()).isEqualTo("There are more: --before nightly-3\n");
    assertThat(api.requests().getLast().uri())
        .isEqualTo("/history/runs?state=failed&text=no%20space&limit=1");
    assertThat(execute("history", "--since", "2026-01-01T00:00:00Z", "-o", "json").out())
        .contains("\"message\":\"no space left\"");
    assertThat(api.requests().getLast().uri()).contains("since=2026-01-01T00%3A00%3A00Z");
    assertThat(execute("history", "--since", "yesterday").code()).isEqualTo(2);
  }

  @Test
  void showsWhereARunStands() {
    api.on(
        "GET /runs/nightly-17",
        Sample.run(
            RunView.State.FAILED,
            Sample.step("start", 1, 0, 1),
            Sample.step("fit", 3, 0, 2, 1, 0)));
    var cause = Cause.userError(3, "no memory left");
    var failed =
        new TaskView(
            TaskId.parse("fit-1"), StepName.of("fit"), 0, "failed", null, cause, null, null);
    api.on("GET /runs/nightly-17/tasks?state=failed", new TaskView.Page(List.of(failed)));

    var result = execute("status", "nightly-17");

    assertThat(result.out())
        .isEqualTo(
            """
            Flow         %s
            Started      2026-03-01 12:00:00
            Ended        2026-03-01 12:00:09
            Tags         nightly
            Parameter    lines=5

            train  nightly-17  failed  9.5s
            ✓ start              1/1  2.5s
            ✗   fit  ██████░░░░  2/3  2.5s    1 failed

            Failed:
              fit-1/0  user-error, exit code 3: no memory left
            See what they wrote:
              millrace logs nightly-17 fit
            """
                .formatted(Sample.REF));
    assertThat(result.code()).isZero();
    assertThat(execute("status", "nightly-17", "--exit-code").code()).isEqualTo(1);
    assertThat(execute("status", "nightly-17", "-o", "json").out())
        .startsWith("{\"run\":\"nightly-17\"");
  }

  @Test
  void theExitCodeTellsTheStateWhenAsked() {
    assertThat(execute("status", "nightly-17", "--exit-code").code()).isZero();
    var waiting =
        new TaskView(
            TaskId.parse("fit-1"),
            StepName.of("fit"),
            0,
            "deferred",
            "quota exceeded",
            null,
            null,
            null);
    api.on("GET /runs/nightly-17/tasks", new TaskView.Page(List.of(waiting)));
    api.on("GET /runs/nightly-17", Sample.run(RunView.State.RUNNING, Sample.step("fit", 3, 1, 1)));

    var result = execute("status", "nightly-17", "--exit-code");

    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).contains("Waiting:\n  fit-1/0  deferred: quota exceeded\n");
  }

  @Test
  void stopsHoldsAndGoesOn() {
    for (String verb : List.of("cancel", "suspend", "resume", "retry")) {
      api.on(
          "POST /runs/nightly-17/" + verb,
          (request, reply) -> reply.json(202, new RunView.Accepted(Sample.RUN)));
    }
    assertThat(execute("cancel", "nightly-17", "--reason", "wrong input").out())
        .startsWith("Cancelling run nightly-17;");
    assertThat(api.requests().getLast().body()).isEqualTo("{\"reason\":\"wrong input\"}");
    assertThat(execute("cancel", "nightly-17").code()).isZero();
    assertThat(api.requests().getLast().body()).isEmpty();
    assertThat(execute("suspend", "nightly-17").out())
        .isEqualTo(
            "Suspending run nightly-17; take it up again with 'millrace resume nightly-17'.\n");
    assertThat(execute("resume", "nightly-17").out()).isEqualTo("Resuming run nightly-17.\n");
    assertThat(execute("retry", "nightly-17", "--run", "again").out()).isEqualTo("nightly-17\n");
    assertThat(api.requests().getLast().body()).isEqualTo("{\"run\":\"again\"}");
    assertThat(execute("retry", "nightly-17", "--from", "fit").code()).isZero();
    assertThat(api.requests().getLast().body()).isEqualTo("{\"from\":\"fit\"}");
    assertThat(execute("resume", "nightly-17", "-o", "json").out())
        .isEqualTo("{\"run\":\"nightly-17\"}\n");

    api.refuse(
        "POST /runs/nightly-17/cancel", 409, "Conflict", "run nightly-17 is over: succeeded");
    var late = execute("cancel", "nightly-17");
    assertThat(late.err()).isEqualTo("Conflict: run nightly-17 is over: succeeded\n");
    assertThat(late.code()).isEqualTo(1);
  }

  @Test
  void showsEvents() {
    var result = execute("events", "nightly-17");
    assertThat(api.requests("/runs/nightly-17/events").getFirst().uri())
        .endsWith("/events?follow=false");
    assertThat(result.lines())
        .hasSize(Sample.story().size())
        .startsWith("12:00:00.000  run.started       nightly-17")
        .contains("12:00:02.100  task.retrying     fit-1/0  user-error: no memory left");
    assertThat(execute("events", "nightly-17", "-f", "-o", "json").lines())
        .hasSize(Sample.story().size());
    assertThat(execute("events", "nightly-18").code()).isEqualTo(1);
  }
}
