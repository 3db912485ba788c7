package io.millrace.core;

import io.millrace.core.graph.FlowGraph;
import io.millrace.core.graph.Frame;
import io.millrace.core.graph.FrontierCheck;
import io.millrace.events.Frontier;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.TaskRanges;
import io.millrace.events.flow.FlowDocument.Foreach;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How far a run had come before one of its steps: for a run that does that step and all after it
 * once more.
 */
public final class Rerun {
  private final StepName step;
  private final RunId run;
  private final Map<EntityKey, Entity> former;
  private final FlowGraph graph;
  private final Set<StepName> again;

  private Rerun(StepName step, RunId run, Map<EntityKey, Entity> former, FlowGraph graph) {
    this.step = step;
    this.run = run;
    this.former = former;
    this.graph = graph;
    this.again = from(step, graph);
  }

  /**
   * The frontier at which the step is to run, for each branch of a foreach that begins with it;
   * what follows it counts as not done, and what lies on other branches stands where the run left
   * it.
   *
   * @param former all that a checkpoint holds of the run
   * @throws IllegalArgumentException when the run never reached the step, or when the step's inputs
   *     are not known any more, as those inside a foreach
   */
  public static Frontier before(
      StepName step, RunId run, Map<EntityKey, Entity> former, FlowGraph graph) {
    if (!graph.has(step)) {
      throw new IllegalArgumentException(
          "the flow has no step '%s'; it has %s"
              .formatted(step, graph.document().steps().stream().map(one -> one.name()).toList()));
    }
    Frontier frontier = new Rerun(step, run, former, graph).frontier();
    FrontierCheck.problem(graph, frontier)
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(
                  "the run cannot be done again from step '%s', name one before it: %s"
                      .formatted(step, problem));
            });
    return frontier;
  }

  private Frontier frontier() {
    Frontier left = Resumption.frontier(former.values());
    var waiting =
        new ArrayList<>(
            left.waiting().stream().filter(one -> !again.contains(one.task().step())).toList());
    var joins =
        new ArrayList<>(
            left.joins().stream().filter(one -> !again.contains(one.task().step())).toList());
    StepName opener = opener();
    var fans =
        new ArrayList<>(
            left.fans().stream()
                .filter(fan -> !again.contains(fan.source().step()))
                .filter(fan -> !fan.source().step().equals(opener))
                .toList());
    if (opener == null) {
      Entity.Task task = reached(step);
      waiting.add(new Frontier.Waiting(task.id(), task.inputs(), task.gang()));
    } else {
      fans.add(new Frontier.Fan(TaskId.of(opener), width(opener), 0, List.of()));
    }
    for (Frame frame : graph.scope(opener == null ? step : opener)) {
      if (frame.kind() == Frame.Kind.SPLIT) {
        Frontier.Join join = besides(frame);
        if (!join.arrived().isEmpty()) {
          joins.add(join);
        }
      }
    }
    List<TaskId> done =
        left.done().stream()
            .filter(one -> one.path().isEmpty() && !again.contains(one.step()))
            .toList();
    return new Frontier(done, fans, joins, waiting);
  }

  /** What opens the foreach whose branches begin with the step; null for a step outside any. */
  private StepName opener() {
    int depth = graph.depth(step);
    StepName opener = graph.foreachOf(step);
    if (depth > 1 || depth == 1 && opener == null) {
      throw new IllegalArgumentException(
          "step '%s' lies inside a foreach, where inputs are not kept; name '%s', with which its branches begin, or a step outside"
              .formatted(step, outermostBody()));
    }
    return opener;
  }

  private StepName outermostBody() {
    return graph.scope(step).stream()
        .filter(frame -> frame.kind() == Frame.Kind.FOREACH)
        .map(frame -> ((Foreach) graph.step(frame.opener()).next()).body())
        .findFirst()
        .orElseThrow();
  }

  private Entity.Task reached(StepName wanted) {
    if (!(task(wanted) instanceof Entity.Task task)) {
      throw new IllegalArgumentException(
          "the run did not reach step '%s', or only a later pass of it is kept".formatted(wanted));
    }
    return inputsKnown(task);
  }

  private Entity.Task inputsKnown(Entity.Task task) {
    if (task.inputs().isEmpty() && !task.id().step().equals(graph.document().start())) {
      throw new IllegalArgumentException(
          "step '%s' was taken over from run %s and its inputs are only known there; do it once more from that run"
              .formatted(
                  task.id().step(),
                  ((Entity.Run) former.get(new EntityKey.RunKey(run))).origins().getFirst()));
    }
    return task;
  }

  private Entity task(StepName of) {
    return former.get(new EntityKey.TaskKey(run, TaskId.of(of)));
  }

  /** How many branches a foreach had: it is still open, or its join got an input from each. */
  private int width(StepName opener) {
    if (former.get(new EntityKey.FanKey(run, TaskId.of(opener))) instanceof Entity.Fan fan) {
      return fan.size();
    }
    if (!(task(graph.joinOf(opener)) instanceof Entity.Task join)) {
      throw new IllegalArgumentException("the run did not reach step '%s'".formatted(step));
    }
    return TaskRanges.expand(inputsKnown(join).inputs()).size();
  }

  /** What has reached the join of an enclosing split on the branches beside the step's. */
  private Frontier.Join besides(Frame split) {
    StepName join = graph.joinOf(split.opener());
    var arrived = new HashMap<Integer, TaskId>();
    if (former.get(new EntityKey.JoinKey(run, TaskId.of(join))) instanceof Entity.Join some) {
      arrived.putAll(some.arrived());
    } else if (task(join) instanceof Entity.Task all) {
      for (String last : TaskRanges.expand(inputsKnown(all).inputs())) {
        arrived.put(arrived.size(), TaskId.parse(last));
      }
    }
    arrived.remove(split.branch());
    return new Frontier.Join(TaskId.of(join), arrived);
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
