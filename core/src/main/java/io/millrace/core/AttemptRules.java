package io.millrace.core;

import io.millrace.core.RunState.Result;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Budget;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.Kubernetes;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What happens to the attempts of tasks: observations, timers, retries. */
final class AttemptRules {
  /** How long an order may be launched; then it is sent again, for the same attempt. */
  static final Duration ORDER_HOLDS = Duration.ofMinutes(15);

  /** How often a cancel order is repeated while the attempt's end is not known. */
  static final Duration CANCEL_REPEATS = Duration.ofMinutes(5);

  private AttemptRules() {}

  static void observe(Draft draft, Observation seen) {
    AttemptId of = seen.of();
    Entity.Task task = draft.task(of.run(), of.task());
    boolean current =
        task != null
            && task.attempt() == of.attempt()
            && task.state() instanceof AttemptState.Active;
    if (current) {
      observe(draft, task, (AttemptState.Active) task.state(), seen);
    } else if (isLive(seen) && isPast(draft, task, of)) {
      draft.order(
          new Order.Cancel(
              of,
              Cause.of(Cause.Kind.CANCELLED, "this attempt is not or no longer part of its run"),
              task == null ? null : place(draft, task)));
    }
  }

  private static boolean isLive(Observation seen) {
    return switch (seen) {
      case Observation.Launched launched -> true;
      case Observation.Pending pending -> true;
      case Observation.Running running -> true;
      case Observation.Rejected rejected -> false;
      case Observation.Deferred deferred -> false;
      case Observation.Expired expired -> false;
      case Observation.Succeeded succeeded -> false;
      case Observation.Failed failed -> false;
    };
  }

  /**
   * An attempt that is yet to be ordered is not past: a cancel would keep it from ever starting.
   */
  private static boolean isPast(Draft draft, Entity.Task task, AttemptId of) {
    if (task == null) {
      return true;
    }
    return of.attempt() < task.attempt() || of.attempt() == task.attempt() && task.state().isOver();
  }

  private static void observe(
      Draft draft, Entity.Task task, AttemptState.Active state, Observation seen) {
    switch (seen) {
      case Observation.Launched launched -> {
        if (state instanceof AttemptState.Unseen unseen) {
          draft.putTask(task.in(unseen.launched()));
        }
      }
      case Observation.Pending pending -> pending(draft, task, state, pending);
      case Observation.Running running -> running(draft, task, state, running);
      case Observation.Deferred deferred -> {
        if (state instanceof AttemptState.Unseen unseen) {
          Instant until = draft.now().plus(deferred.retryAfter());
          draft.putTask(task.in(unseen.defer(until, deferred.message())));
          draft.tell(task, TaskChange.DEFERRED, deferred.message(), null, null);
        }
      }
      case Observation.Expired expired -> {
        if (state instanceof AttemptState.Unseen unseen) {
          orderAgain(draft, task, unseen);
        }
      }
      case Observation.Rejected rejected ->
          fail(draft, task, state, Cause.of(Cause.Kind.REJECTED, rejected.message()));
      case Observation.Succeeded succeeded -> succeed(draft, task, state, succeeded.outcome());
      case Observation.Failed failed -> fail(draft, task, state, failed.cause());
    }
  }

  private static void pending(
      Draft draft, Entity.Task task, AttemptState.Active state, Observation.Pending seen) {
    boolean told =
        state instanceof AttemptState.Pending known
            && known.reason().equals(seen.reason())
            && known.message().equals(seen.message());
    if (state instanceof AttemptState.Starting starting && !told) {
      draft.putTask(task.in(starting.pending(seen.reason(), seen.message())));
      draft.tell(task, TaskChange.PENDING, seen.reason() + ": " + seen.message(), null, null);
    }
  }

  private static void running(
      Draft draft, Entity.Task task, AttemptState.Active state, Observation.Running seen) {
    if (state instanceof AttemptState.Starting starting) {
      Duration timeout = step(draft, task).timeout();
      Instant timeoutAt = timeout == null ? null : draft.now().plus(timeout);
      draft.putTask(task.in(starting.run(draft.now(), timeoutAt)));
      draft.tell(task, TaskChange.RUNNING, seen.where(), null, null);
    }
  }

  private static Step step(Draft draft, Entity.Task task) {
    return draft.graph(draft.run(task.run())).step(task.id().step());
  }

  private static void succeed(
      Draft draft, Entity.Task task, AttemptState.Active state, Outcome outcome) {
    Entity.Run run = draft.run(task.run());
    var rules = new FlowRules(draft, run);
    Optional<String> refused =
        outcome.ok()
            ? rules.refuse(task, outcome)
            : Optional.of(outcome.error() == null ? "the step reports failure" : outcome.error());
    if (refused.isPresent()) {
      fail(draft, task, state, new Cause(Cause.Kind.USER_ERROR, null, refused.get()));
      return;
    }
    Entity.Task done = task.in(state.succeed(draft.now()));
    draft.putTask(done);
    draft.tell(done, TaskChange.SUCCEEDED, null, null, outcome);
    forget(draft, done);
    rules.goOn(done, outcome);
    RunRules.settle(draft, run.id());
  }

  /**
   * Tasks inside a foreach leave the state when they are done, for their number has no bound; so do
   * the earlier passes of a recursion.
   */
  private static void forget(Draft draft, Entity.Task done) {
    if (!done.id().path().isEmpty()) {
      draft.dropTask(done);
    } else if (done.id().iteration() > 0) {
      var before =
          new io.millrace.events.TaskId(
              done.id().step(), done.id().path(), done.id().iteration() - 1);
      draft.delete(new EntityKey.TaskKey(done.run(), before));
    }
  }

  private static void fail(Draft draft, Entity.Task task, AttemptState.Active state, Cause cause) {
    boolean open = draft.status(task.run()).state() instanceof RunState.Open;
    Step step = step(draft, task);
    Budget budget = budget(step, cause);
    if (open && isRetried(step, task, budget)) {
      int user = budget == Budget.USER ? 1 : 0;
      int failures = task.userFailures() + task.infrastructureFailures() + 1;
      Instant until = draft.now().plus(Backoff.delay(step.retry(), attempt(task), failures));
      draft.putTask(task.retried(user, 1 - user, 0, state.retry(until)));
      draft.tell(task, TaskChange.RETRYING, "tried again from " + until, cause, null);
    } else if (open && hasFallback(step, task, cause)) {
      draft.putTask(task.retried(0, 0, 1, state.retryNow()));
      draft.tell(task, TaskChange.RETRYING, "the fallback is tried", cause, null);
    } else {
      Entity.Task failed = task.in(state.fail(cause, draft.now()));
      draft.putTask(failed);
      boolean cancelled = cause.kind() == Cause.Kind.CANCELLED;
      draft.tell(failed, cancelled ? TaskChange.CANCELLED : TaskChange.FAILED, null, cause, null);
      if (open) {
        RunRules.end(
            draft,
            task.run(),
            Result.FAILED,
            "task %s failed: %s".formatted(task.id(), cause.message()));
      }
    }
    RunRules.settle(draft, task.run());
  }

  private static Budget budget(Step step, Cause cause) {
    boolean never =
        cause.exitCode() != null && step.retry().neverOnExitCodes().contains(cause.exitCode());
    return never ? Budget.NEVER : cause.kind().budget();
  }

  private static boolean isRetried(Step step, Entity.Task task, Budget budget) {
    boolean another = task.fallbacks() == 0 && task.attempt() + 1 < step.retry().maxAttempts();
    return switch (budget) {
      case USER -> another && task.userFailures() < step.retry().user();
      case INFRASTRUCTURE ->
          another && task.infrastructureFailures() < step.retry().infrastructure();
      case NEVER -> false;
    };
  }

  private static boolean hasFallback(Step step, Entity.Task task, Cause cause) {
    return step.fallback() != null
        && task.fallbacks() < step.fallback().attempts()
        && cause.kind() != Cause.Kind.CANCELLED
        && cause.kind() != Cause.Kind.REJECTED;
  }

  /** Orders a ready task; it must be waiting. */
  static void order(Draft draft, Entity.Task task, AttemptState.Waiting waiting) {
    Entity.Task ordered = task.in(waiting.order(draft.now().plus(ORDER_HOLDS)));
    draft.putTask(ordered);
    launch(draft, ordered);
    draft.tell(ordered, TaskChange.ORDERED, null, null, null);
  }

  /** Orders the same attempt once more; in a suspended run that waits until it is resumed. */
  private static void orderAgain(Draft draft, Entity.Task task, AttemptState.Unseen unseen) {
    if (draft.status(task.run()).state() instanceof RunState.Suspended) {
      draft.putTask(task.in(unseen.holdBack()));
      return;
    }
    Entity.Task ordered = task.in(unseen.orderAgain(draft.now().plus(ORDER_HOLDS)));
    draft.putTask(ordered);
    launch(draft, ordered);
  }

  /** The run goes on: orders what was held back. */
  static void resume(Draft draft, Entity.Task task) {
    if (task.state() instanceof AttemptState.Deferred deferred && deferred.until() == null) {
      orderAgain(draft, task, deferred);
    }
  }

  private static void launch(Draft draft, Entity.Task task) {
    Entity.Run run = draft.run(task.run());
    FlowGraph graph = draft.graph(run);
    draft.order(Launches.of(graph, run, task, draft.now().plus(ORDER_HOLDS)));
  }

  /** Asks for the end of an attempt. */
  static void stop(Draft draft, Entity.Task task, AttemptState.Active active, Cause cause) {
    draft.putTask(task.in(active.stop(cause, draft.now().plus(CANCEL_REPEATS))));
    draft.order(new Order.Cancel(attempt(task), cause, place(draft, task)));
  }

  /** A task's deadline has come. */
  static void timer(Draft draft, Entity.Task task) {
    switch (task.state()) {
      case AttemptState.Ordered ordered -> orderAgain(draft, task, ordered);
      case AttemptState.Deferred deferred -> orderAgain(draft, task, deferred);
      case AttemptState.BackingOff backingOff -> draft.putTask(task.in(backingOff.due()));
      case AttemptState.Running running ->
          stop(
              draft,
              task,
              running,
              Cause.of(
                  Cause.Kind.TIMEOUT,
                  "the attempt ran longer than its timeout of " + step(draft, task).timeout()));
      case AttemptState.Stopping stopping -> {
        draft.putTask(task.in(stopping.again(draft.now().plus(CANCEL_REPEATS))));
        draft.order(new Order.Cancel(attempt(task), stopping.cause(), place(draft, task)));
      }
      case AttemptState.Waiting waiting -> {}
      case AttemptState.Launched launched -> {}
      case AttemptState.Pending pending -> {}
      case AttemptState.Done done -> {}
      case AttemptState.Failed failed -> {}
    }
  }

  private static Kubernetes.Place place(Draft draft, Entity.Task task) {
    return Kubernetes.Place.of(step(draft, task).kubernetes(), task.gang() > 0);
  }

  static AttemptId attempt(Entity.Task task) {
    return new AttemptId(task.run(), task.id(), task.attempt());
  }
}
