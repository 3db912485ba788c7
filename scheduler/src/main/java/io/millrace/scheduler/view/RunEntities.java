package io.millrace.scheduler.view;

import io.millrace.core.AttemptState;
import io.millrace.core.Entity;
import io.millrace.core.EntityKey;
import io.millrace.core.RunState;
import io.millrace.events.Cause;
import io.millrace.events.Frontier;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView;
import io.millrace.events.flow.FlowDocument;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Everything that a checkpoint holds of one run, at one moment, in the words of the API.
 *
 * @param entities by key; the run and its status are always among them
 */
public record RunEntities(RunId id, Map<EntityKey, Entity> entities) {

  public RunEntities {
    entities = Map.copyOf(entities);
  }

  public Entity.Run run() {
    return (Entity.Run) entities.get(new EntityKey.RunKey(id));
  }

  public Entity.Status status() {
    return (Entity.Status) entities.get(new EntityKey.StatusKey(id));
  }

  /** Whether it was kept elsewhere, and so only the run and its status are here. */
  public boolean isArchived() {
    return status().state() instanceof RunState.Ended ended && ended.archived();
  }

  public boolean isOver() {
    return status().state().isOver();
  }

  /** How far it came, for a run that goes on from there. */
  public Frontier frontier() {
    return io.millrace.core.Resumption.frontier(entities.values());
  }

  /** As lists show it. */
  public RunView summary() {
    return view(null, null);
  }

  /**
   * As it is shown by itself.
   *
   * @param document its definition; null where it is not known, and then only steps that something
   *     has reached are there
   */
  public RunView detail(FlowDocument document) {
    return view(run().parameters(), document == null ? known() : steps(document));
  }

  private RunView view(
      Map<String, com.fasterxml.jackson.databind.JsonNode> parameters, List<RunView.Step> steps) {
    RunState state = status().state();
    return new RunView(
        id,
        run().flow(),
        state(state),
        message(state),
        run().priority(),
        run().tags(),
        parameters,
        run().origins(),
        run().started(),
        state instanceof RunState.Ended ended ? ended.at() : null,
        run().triggeredBy(),
        steps);
  }

  /** Where a run stands, in the API's words. */
  static RunView.State state(RunState state) {
    return switch (state) {
      case RunState.Running running -> RunView.State.RUNNING;
      case RunState.Suspended suspended -> RunView.State.SUSPENDED;
      case RunState.Ending ending -> RunView.State.ENDING;
      case RunState.Ended ended -> RunView.State.valueOf(ended.result().name());
    };
  }

  private static String message(RunState state) {
    return switch (state) {
      case RunState.Running running -> null;
      case RunState.Suspended suspended -> null;
      case RunState.Ending ending -> ending.message();
      case RunState.Ended ended -> ended.message();
    };
  }

  private List<RunView.Step> steps(FlowDocument document) {
    return document.steps().stream().map(step -> step(step.name())).toList();
  }

  private List<RunView.Step> known() {
    return entities.keySet().stream()
        .filter(EntityKey.ProgressKey.class::isInstance)
        .map(key -> step(((EntityKey.ProgressKey) key).step()))
        .sorted(Comparator.comparing(RunView.Step::step))
        .toList();
  }

  private RunView.Step step(StepName name) {
    return entities.get(new EntityKey.ProgressKey(id, name)) instanceof Entity.Progress p
        ? new RunView.Step(
            name,
            p.total(),
            p.active(),
            p.done(),
            p.failed(),
            p.retries(),
            p.started(),
            p.changed())
        : new RunView.Step(name, 0, 0, 0, 0, 0, null, null);
  }

  /** The tasks that are here, in order of their ids. */
  public List<TaskView> tasks() {
    return ofType(Entity.Task.class).stream()
        .sorted(Comparator.comparing(Entity.Task::id))
        .map(RunEntities::task)
        .toList();
  }

  private <E extends Entity> Collection<E> ofType(Class<E> type) {
    return entities.values().stream().filter(type::isInstance).map(type::cast).toList();
  }

  private static TaskView task(Entity.Task task) {
    AttemptState state = task.state();
    String message = null;
    Cause cause = null;
    Instant until = state.deadline();
    String word =
        switch (state) {
          case AttemptState.Waiting waiting -> "waiting";
          case AttemptState.BackingOff backingOff -> "backing-off";
          case AttemptState.Ordered ordered -> "ordered";
          case AttemptState.Deferred deferred -> "deferred";
          case AttemptState.Launched launched -> "launched";
          case AttemptState.Pending pending -> "pending";
          case AttemptState.Running running -> "running";
          case AttemptState.Stopping stopping -> "stopping";
          case AttemptState.Done done -> "succeeded";
          case AttemptState.Failed failed -> "failed";
        };
    if (state instanceof AttemptState.Deferred deferred) {
      message = deferred.message();
    } else if (state instanceof AttemptState.Pending pending) {
      message = pending.reason() + ": " + pending.message();
    } else if (state instanceof AttemptState.Stopping stopping) {
      cause = stopping.cause();
    } else if (state instanceof AttemptState.Failed failed) {
      cause = failed.cause();
    }
    return new TaskView(
        task.id(), task.id().step(), task.attempt(), word, message, cause, task.started(), until);
  }
}
