package io.millrace.core;

import io.millrace.core.EntityKey.FlowKey;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.core.RunState.Result;
import io.millrace.core.graph.FlowGraph;
import io.millrace.core.graph.FrontierCheck;
import io.millrace.events.Cause;
import io.millrace.events.Command.FlowDefined;
import io.millrace.events.Command.RunStart;
import io.millrace.events.Event.RunChange;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Limits;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happens to runs as a whole. */
final class RunRules {
  private RunRules() {}

  static void define(Draft draft, FlowDefined defined) {
    var key = new FlowKey(defined.ref());
    Entity.Flow known = draft.get(key, Entity.Flow.class);
    if (known != null) {
      draft.put(known.usedBy(0, draft.now()));
    } else if (isSound(defined)) {
      draft.put(
          new Entity.Flow(
              defined.ref(), FlowDocuments.canonical(defined.document()), 0, draft.now()));
    }
  }

  /** A definition that does not fit its address or its own graph is as if it had not come. */
  private static boolean isSound(FlowDefined defined) {
    var problems = new ArrayList<FlowProblem>();
    FlowDocument document = FlowDocumentReader.read(defined.document(), problems);
    return document != null
        && problems.isEmpty()
        && FlowGraph.check(document, problems) != null
        && FlowDocuments.ref(defined.document()).equals(defined.ref());
  }

  static void start(Draft draft, RunStart start) {
    if (draft.status(start.run()) != null) {
      return;
    }
    if (draft.get(new FlowKey(start.flow()), Entity.Flow.class) == null) {
      refuse(
          draft,
          start,
          "flow %s was not defined in this partition before the run; publish a run request instead of a command"
              .formatted(start.flow()));
      return;
    }
    FlowGraph graph = draft.state().graph(start.flow());
    Optional<String> unfit =
        start.frontier() == null
            ? Optional.empty()
            : FrontierCheck.problem(graph, start.frontier());
    if (unfit.isPresent()) {
      refuse(
          draft,
          start,
          "the run cannot go on from what it was given of another one: %s; retry that run, or start a fresh one"
              .formatted(unfit.get()));
      return;
    }
    Limits limits = graph.document().limits();
    Instant timeoutAt = limits.runTimeout() == null ? null : draft.now().plus(limits.runTimeout());
    var run =
        new Entity.Run(
            start.run(),
            start.flow(),
            start.parameters(),
            start.priority(),
            start.tags(),
            start.origins(),
            limits.maxParallelTasks(),
            limits.maxParallelTasksOfFlow(),
            draft.now(),
            timeoutAt,
            start.triggeredBy());
    draft.put(run);
    draft.put(
        new Entity.Status(run.id(), new RunState.Running(), 0, draft.nextSequence(), timeoutAt));
    draft.useFlow(run.flow(), 1);
    draft.tell(run, RunChange.STARTED, null);
    if (start.frontier() == null) {
      TaskId first = TaskId.of(graph.document().start());
      draft.putTask(Entity.Task.first(run.id(), first, draft.nextSequence(), List.of(), 0));
      draft.expect(run.id(), first.step(), 1, 0);
    } else {
      new Resumption(draft, run, graph).takeOver(start.frontier());
    }
  }

  /** The intake only sends what can be started; this is for whoever writes commands by hand. */
  private static void refuse(Draft draft, RunStart start, String message) {
    var run =
        new Entity.Run(
            start.run(),
            start.flow(),
            start.parameters(),
            start.priority(),
            start.tags(),
            start.origins(),
            1,
            0,
            draft.now(),
            null,
            start.triggeredBy());
    var ended = new RunState.Ended(Result.FAILED, message, draft.now(), true);
    draft.put(run);
    draft.put(new Entity.Status(run.id(), ended, 0, 0, null).in(ended));
    draft.tell(run, RunChange.FAILED, message);
  }

  static void suspend(Draft draft, RunId id) {
    Entity.Status status = draft.status(id);
    if (status != null && status.state() instanceof RunState.Running running) {
      draft.put(status.in(running.suspend()));
      draft.tell(draft.run(id), RunChange.SUSPENDED, null);
    }
  }

  static void resume(Draft draft, RunId id) {
    Entity.Status status = draft.status(id);
    if (status != null && status.state() instanceof RunState.Suspended suspended) {
      draft.put(status.in(suspended.resume()));
      draft.tell(draft.run(id), RunChange.RESUMED, null);
      for (TaskId task : draft.state().runs().inFlight(id)) {
        AttemptRules.resume(draft, draft.task(id, task));
      }
    }
  }

  static void cancel(Draft draft, RunId id, String reason) {
    end(draft, id, Result.CANCELLED, reason == null ? "cancelled" : reason);
  }

  static void succeed(Draft draft, Entity.Run run) {
    Entity.Status status = draft.status(run.id());
    if (status.state() instanceof RunState.Open open) {
      draft.put(status.in(open.succeed(draft.now())));
      draft.tell(run, RunChange.SUCCEEDED, null);
    }
  }

  /** Gives an open run its result and stops what still runs of it. */
  static void end(Draft draft, RunId id, Result result, String message) {
    Entity.Status status = draft.status(id);
    if (status == null || !(status.state() instanceof RunState.Open open)) {
      return;
    }
    draft.put(status.in(open.end(result, message)));
    Cause cause = Cause.of(Cause.Kind.CANCELLED, "stopped because the run ended: " + message);
    for (TaskId taskId : draft.state().runs().inFlight(id)) {
      Entity.Task task = draft.task(id, taskId);
      if (task != null && task.state() instanceof AttemptState.Active active) {
        AttemptRules.stop(draft, task, active, cause);
      }
    }
    settle(draft, id);
  }

  /** Ends a run whose result is known as soon as nothing of it runs. */
  static void settle(Draft draft, RunId id) {
    Entity.Status status = draft.status(id);
    if (status.state() instanceof RunState.Ending ending && status.active() == 0) {
      draft.put(status.in(ending.over(draft.now())));
      RunChange change =
          switch (ending.result()) {
            case SUCCEEDED -> RunChange.SUCCEEDED;
            case FAILED -> RunChange.FAILED;
            case CANCELLED -> RunChange.CANCELLED;
            case TIMED_OUT -> RunChange.TIMED_OUT;
          };
      draft.tell(draft.run(id), change, ending.message());
    }
  }

  /** The run is kept elsewhere: all but its status leaves the state, so that its id stays known. */
  static void archived(Draft draft, RunId id) {
    Entity.Status status = draft.status(id);
    if (status == null || !(status.state() instanceof RunState.Ended ended) || ended.archived()) {
      return;
    }
    draft.useFlow(draft.run(id).flow(), -1);
    draft.put(status.in(ended.archive()));
    for (EntityKey key : draft.state().runs().keysOf(id)) {
      if (!(key instanceof StatusKey) && !(key instanceof EntityKey.RunKey)) {
        draft.delete(key);
      }
    }
  }

  static void timer(Draft draft, Entity.Status status) {
    if (status.state() instanceof RunState.Ended ended) {
      if (!ended.archived()) {
        draft.useFlow(draft.run(status.run()).flow(), -1);
      }
      draft.state().runs().keysOf(status.run()).forEach(draft::delete);
    } else {
      draft.put(
          new Entity.Status(status.run(), status.state(), status.active(), status.served(), null));
      end(draft, status.run(), Result.TIMED_OUT, "the run took longer than its runTimeout");
    }
  }
}
