package io.millrace.events;

import io.millrace.events.flow.FlowDocument.Container;
import io.millrace.events.flow.FlowDocument.Resources;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowSamples;
import io.millrace.events.flow.Kubernetes;
import io.millrace.events.flow.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One of each record, with every field set, and one with only what must be. */
final class Samples {
  static final RunId RUN = RunId.of("run-1");
  static final FlowRef FLOW = FlowRef.parse("train@" + "0123456789abcdef".repeat(4));
  static final TaskId TASK = TaskId.parse("fit-3-0.2");
  static final AttemptId ATTEMPT = new AttemptId(RUN, TASK, 1);
  static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");
  static final Cause CAUSE = Cause.userError(3, "exit code 3");
  static final Outcome OUTCOME =
      new Outcome(1, true, "next", 3, 4, 4, "no error", Json.tree(Map.of("auc", 0.9)));

  static final Kubernetes KUBERNETES =
      FlowDocumentReader.read(FlowDocuments.parse(FlowSamples.FULL))
          .steps()
          .getFirst()
          .kubernetes();

  static final TriggerEvent EVENT =
      new TriggerEvent("data.ready", "event-1", TIME, TriggerEvent.Type.EVENT);

  private Samples() {}

  static List<Command> commands() {
    var all = new ArrayList<Command>();
    all.add(new Command.FlowDefined(FLOW, Json.tree(Map.of("name", "train"))));
    all.add(
        new Command.RunStart(
            RUN,
            FLOW,
            Map.of("a", Json.tree(1), "b", Json.tree(List.of("x"))),
            5,
            List.of("nightly"),
            List.of(RunId.of("run-0")),
            frontier(),
            List.of()));
    all.add(new Command.RunStart(RUN, FLOW, Map.of(), 0, List.of(), List.of(), null, List.of()));
    all.add(new Command.RunCancel(RUN, "enough"));
    all.add(new Command.RunCancel(RUN, null));
    all.add(new Command.RunSuspend(RUN));
    all.add(new Command.RunResume(RUN));
    all.add(new Command.RunArchived(RUN));
    all.add(new Command.TimerFired("task/run-1/fit", TIME));
    all.add(new Command.SettingChanged("max-parallel-tasks", 7));
    all.add(new Command.BehaviourSet(1));
    all.add(new Command.CommandSkipped(17, "breaks the engine"));
    all.add(new Command.PermitsDemanded("all", 1, 2, 3, 4, 5));
    all.add(new Command.PermitsGranted("all", 1, 2, 3, 4, 5));
    all.add(
        new Command.TriggersSet(
            FLOW, 7, FlowDocumentReader.read(FlowDocuments.parse(FlowSamples.FULL)).triggers()));
    all.add(new Command.TriggersSet(FLOW, 7, Triggers.NONE));
    all.add(new Command.TriggersRemoved("train", 8));
    all.add(
        new Command.EventArrived(
            "train", "data.ready", "0123456789abcdef", EVENT, Map.of("a", Json.tree(1))));
    all.add(new Observation.Launched(ATTEMPT));
    all.add(new Observation.Rejected(ATTEMPT, "no such namespace"));
    all.add(new Observation.Deferred(ATTEMPT, Duration.ofMillis(1500), "quota"));
    all.add(new Observation.Expired(ATTEMPT));
    all.add(new Observation.Pending(ATTEMPT, "ImagePull", "pulling"));
    all.add(new Observation.Running(ATTEMPT, "node-1"));
    all.add(new Observation.Succeeded(ATTEMPT, OUTCOME));
    all.add(new Observation.Succeeded(ATTEMPT, Outcome.SUCCESS));
    all.add(new Observation.Failed(ATTEMPT, CAUSE));
    return all;
  }

  static Frontier frontier() {
    return new Frontier(
        List.of(TaskId.parse("start")),
        List.of(
            new Frontier.Fan(
                TaskId.parse("start"),
                9,
                3,
                List.of(
                    new Frontier.Chunk(0, new byte[] {5}, Map.of(2, TaskId.parse("other-2")))))),
        List.of(new Frontier.Join(TaskId.parse("join-1"), Map.of(0, TaskId.parse("a-1")))),
        List.of(new Frontier.Waiting(TaskId.parse("fit-1"), List.of("start"), 4)));
  }

  static List<Order> orders() {
    return List.of(
        new Order.Launch(
            ATTEMPT,
            FLOW,
            new Container("image", List.of("sh"), List.of("-c", "x"), Map.of("A", "1"), "/tmp"),
            new Resources("500m", "1Gi", "10G", "1"),
            KUBERNETES,
            Duration.ofMinutes(5),
            List.of("start", "fit-[0..3]"),
            Json.tree(List.of()),
            Map.of("a", Json.tree(1)),
            4,
            2,
            true,
            List.of(RunId.of("run-0")),
            TIME,
            List.of()),
        new Order.Launch(
            ATTEMPT,
            FLOW,
            new Container("image", List.of(), List.of(), Map.of(), null),
            Resources.NONE,
            null,
            null,
            List.of(),
            null,
            Map.of(),
            0,
            0,
            false,
            List.of(),
            TIME,
            List.of()),
        new Order.Cancel(ATTEMPT, CAUSE, new Kubernetes.Place(Kubernetes.Kind.POD, "team")),
        new Order.Cancel(ATTEMPT, CAUSE, null));
  }

  static List<Event> events() {
    var all = new ArrayList<Event>();
    for (Event.RunChange change : Event.RunChange.values()) {
      all.add(
          new Event.RunChanged(
              RUN,
              FLOW,
              change,
              change == Event.RunChange.FAILED ? "task fit failed" : null,
              change == Event.RunChange.STARTED ? Map.of("a", Json.tree(1.5)) : null));
    }
    for (Event.TaskChange change : Event.TaskChange.values()) {
      boolean failure =
          change == Event.TaskChange.FAILED
              || change == Event.TaskChange.RETRYING
              || change == Event.TaskChange.CANCELLED;
      all.add(
          new Event.TaskChanged(
              RUN,
              FLOW,
              TASK.step(),
              TASK,
              1,
              change,
              change == Event.TaskChange.PENDING ? "ImagePull: pulling" : null,
              failure ? CAUSE : null,
              change == Event.TaskChange.SUCCEEDED ? OUTCOME : null));
    }
    for (Cause.Kind kind : Cause.Kind.values()) {
      all.add(
          new Event.TaskChanged(
              RUN,
              FLOW,
              TASK.step(),
              TaskId.parse("fit"),
              0,
              Event.TaskChange.FAILED,
              null,
              Cause.of(kind, "why"),
              null));
    }
    return all;
  }

  static List<RunRequest> requests() {
    return List.of(
        new RunRequest(
            "train", Map.of("a", Json.tree(1)), RUN, 3, List.of("nightly"), List.of(EVENT)),
        new RunRequest(FLOW.toString(), null, null, null, null, null));
  }
}
