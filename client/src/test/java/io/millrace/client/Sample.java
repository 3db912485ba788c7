package io.millrace.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Cause;
import io.millrace.events.Event;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.api.EventView;
import io.millrace.events.api.FlowView;
import io.millrace.events.api.RunView;
import io.millrace.events.flow.FlowDocuments;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A flow of a start, a foreach and a join, and a run of it as the API tells it. */
public final class Sample {
  public static final String YAML =
      """
      name: train
      description: trains
      parameters:
        lines: {type: integer, default: 5}
        name: {type: string}
        ratio: {type: number}
        fast: {type: boolean}
        config: {type: json}
      steps:
        - name: start
          container: {command: [ls]}
          next: {foreach: fit}
        - name: fit
          container: {command: [fit]}
          next: merge
        - name: merge
          join: true
          container: {command: [merge]}
          next: end
        - name: end
          container: {command: [report]}
      """;

  public static final JsonNode DOCUMENT = FlowDocuments.parse(YAML);
  public static final FlowRef REF = FlowDocuments.ref(DOCUMENT);
  public static final RunId RUN = RunId.of("nightly-17");
  public static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");

  private Sample() {}

  public static FlowView flow() {
    return new FlowView(REF, "trains", DOCUMENT, null, null);
  }

  public static Instant at(double seconds) {
    return T0.plusMillis(Math.round(seconds * 1000));
  }

  public static RunView run(RunView.State state, RunView.Step... steps) {
    Instant ended = state.isOver() ? at(9.5) : null;
    return new RunView(
        RUN,
        REF,
        state,
        null,
        0,
        List.of("nightly"),
        Map.of("lines", Json.tree(5)),
        List.of(),
        T0,
        ended,
        List.of(),
        Arrays.asList(steps));
  }

  public static RunView.Step step(String name, int total, int active, int done) {
    return step(name, total, active, done, 0, 0);
  }

  public static RunView.Step step(
      String name, int total, int active, int done, int failed, int retries) {
    Instant started = total == 0 ? null : at(1);
    Instant changed = total == 0 ? null : at(3.5);
    return new RunView.Step(
        StepName.of(name), total, active, done, failed, retries, started, changed);
  }

  public static RunView succeeded() {
    return run(
        RunView.State.SUCCEEDED,
        step("start", 1, 0, 1),
        step("fit", 3, 0, 3, 0, 1),
        step("merge", 1, 0, 1),
        step("end", 1, 0, 1));
  }

  public static EventView runEvent(double at, RunChange change, String message) {
    return view(at, new Event.RunChanged(RUN, REF, change, message, null));
  }

  public static EventView taskEvent(double at, String task, int attempt, TaskChange change) {
    return taskEvent(at, task, attempt, change, null, null);
  }

  public static EventView taskEvent(
      double at, String task, int attempt, TaskChange change, Cause cause, Outcome outcome) {
    TaskId id = TaskId.parse(task);
    return view(
        at, new Event.TaskChanged(RUN, REF, id.step(), id, attempt, change, null, cause, outcome));
  }

  private static EventView view(double at, Event event) {
    return new EventView(
        "e" + Math.round(at * 1000), event.type(), event.subject(), at(at), Json.tree(event));
  }

  /** A whole run: the second of three tasks fails once. */
  public static List<EventView> story() {
    JsonNode outputs = Json.tree(Map.of("score", 0.93, "model", "m-17"));
    return List.of(
        runEvent(0, RunChange.STARTED, null),
        taskEvent(0.1, "start", 0, TaskChange.ORDERED),
        taskEvent(0.2, "start", 0, TaskChange.RUNNING),
        taskEvent(1, "start", 0, TaskChange.SUCCEEDED, null, Outcome.splitting(3)),
        taskEvent(1.1, "fit-0", 0, TaskChange.RUNNING),
        taskEvent(1.2, "fit-1", 0, TaskChange.RUNNING),
        taskEvent(1.3, "fit-2", 0, TaskChange.RUNNING),
        taskEvent(2, "fit-0", 0, TaskChange.SUCCEEDED, null, Outcome.SUCCESS),
        taskEvent(2.1, "fit-1", 0, TaskChange.RETRYING, Cause.userError(3, "no memory left"), null),
        taskEvent(2.2, "fit-2", 0, TaskChange.SUCCEEDED, null, Outcome.SUCCESS),
        taskEvent(3, "fit-1", 1, TaskChange.RUNNING),
        taskEvent(3.5, "fit-1", 1, TaskChange.SUCCEEDED, null, Outcome.SUCCESS),
        taskEvent(4, "merge", 0, TaskChange.SUCCEEDED, null, Outcome.SUCCESS),
        taskEvent(
            9,
            "end",
            0,
            TaskChange.SUCCEEDED,
            null,
            new Outcome(1, true, null, null, null, null, null, outputs)),
        runEvent(9.5, RunChange.SUCCEEDED, null));
  }

  /** An API that knows the run from its first event to its last. */
  public static FakeApi api() {
    return new FakeApi()
        .on("GET /flows", new FlowView.Page(List.of(new FlowView(REF, "trains", null, null, null))))
        .on("GET /flows/train", flow())
        .on("GET /flows/train%40" + REF.digest(), flow())
        .on("GET /runs", new RunView.Page(List.of(succeeded()), null))
        .on("GET /runs/nightly-17", succeeded())
        .on("GET /runs/nightly-17/events", (request, reply) -> tell(reply, story(), 0))
        .on("POST /runs", (request, reply) -> reply.json(202, new RunView.Accepted(RUN)));
  }

  /** Sends events, each with its number as the place to resume from. */
  public static void tell(FakeApi.Reply reply, List<EventView> events, int from)
      throws java.io.IOException {
    for (int i = from; i < events.size(); i++) {
      reply.message("0-" + i, events.get(i).type(), events.get(i));
    }
  }
}
