package io.millrace.scheduler.view;

import io.millrace.core.AttemptState;
import io.millrace.core.Entity;
import io.millrace.core.EntityKey;
import io.millrace.core.graph.FlowGraph;
import io.millrace.core.graph.FrontierCheck;
import io.millrace.events.Frontier;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How far a run had come before one of its steps: for a run that does that step and all after it
 * once more.
 */
public final class Rerun {
  private Rerun() {}

  /**
   * The frontier at which nothing is left to do but the step and what follows it.
   *
   * @throws IllegalArgumentException when the run never reached the step, or when it does not lie
   *     on the way that every run of the flow takes: then other branches would have to wait for it
   */
  public static Frontier before(StepName step, RunEntities former, FlowGraph graph) {
    if (!graph.has(step)) {
      throw new IllegalArgumentException(
          "the flow has no step '%s'; it has %s"
              .formatted(step, graph.document().steps().stream().map(one -> one.name()).toList()));
    }
    if (graph.depth(step) > 0) {
      throw new IllegalArgumentException(
          "step '%s' lies inside a foreach; name the step that opens it".formatted(step));
    }
    var id = new TaskId(step, List.of(), 0);
    if (!(former.entities().get(new EntityKey.TaskKey(former.id(), id))
        instanceof Entity.Task task)) {
      throw new IllegalArgumentException(
          "the run did not reach step '%s', or only a later pass of it is kept".formatted(step));
    }
    if (task.inputs().isEmpty() && !step.equals(graph.document().start())) {
      throw new IllegalArgumentException(
          "step '%s' was taken over from run %s and its inputs are only known there; do it once more from that run"
              .formatted(step, former.run().origins().getFirst()));
    }
    Set<StepName> again = from(step, graph);
    List<TaskId> done =
        former.entities().values().stream()
            .filter(Entity.Task.class::isInstance)
            .map(Entity.Task.class::cast)
            .filter(one -> one.state() instanceof AttemptState.Done)
            .map(Entity.Task::id)
            .filter(one -> one.path().isEmpty() && !again.contains(one.step()))
            .sorted()
            .toList();
    var frontier =
        new Frontier(
            done,
            List.of(),
            List.of(),
            List.of(new Frontier.Waiting(id, task.inputs(), task.gang())));
    FrontierCheck.problem(graph, frontier)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  "step '%s' does not lie on the way of every run, name one before it: %s"
                      .formatted(step, problem));
            });
    return frontier;
  }

  /** The step and all that can follow it. */
  private static Set<StepName> from(StepName step, FlowGraph graph) {
    var found = new HashSet<StepName>();
    var queue = new ArrayDeque<StepName>(List.of(step));
    while (!queue.isEmpty()) {
      StepName next = queue.remove();
      if (found.add(next)) {
        queue.addAll(graph.step(next).next().targets());
      }
    }
    return found;
  }
}
