package io.millrace.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.EntityKey.ChunkKey;
import io.millrace.core.EntityKey.FanKey;
import io.millrace.core.EntityKey.JoinKey;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Frontier;
import io.millrace.events.Outcome;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.TaskRanges;
import io.millrace.events.flow.FlowDocument.End;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Linear;
import io.millrace.events.flow.FlowDocument.OverItems;
import io.millrace.events.flow.FlowDocument.OverOutcome;
import io.millrace.events.flow.FlowDocument.OverParameter;
import io.millrace.events.flow.FlowDocument.Split;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowDocument.Switch;
import java.util.List;
import java.util.Optional;

/**
 * Where a run goes on when a task has succeeded. The rules are Metaflow's: a static join waits for
 * each branch of its split, whichever step of a switch ended it; a foreach's join for every index;
 * inputs come in split order.
 */
final class FlowRules {
  private static final int WIDEST = Frontier.Fan.WIDEST;

  /** Longer ones would make an order that no topic takes; the partition would stand still. */
  private static final int LONGEST_INPUTS = 500_000;

  private final Draft draft;
  private final Entity.Run run;
  private final FlowGraph graph;

  FlowRules(Draft draft, Entity.Run run) {
    this.draft = draft;
    this.run = run;
    this.graph = draft.graph(run);
  }

  /** What is wrong with an outcome, seen from the step's transition; empty when it can be used. */
  Optional<String> refuse(Entity.Task task, Outcome outcome) {
    Step step = graph.step(task.id().step());
    return switch (step.next()) {
      case Switch choice -> refuseChoice(choice, outcome);
      case Foreach foreach -> {
        Integer size = size(foreach, outcome);
        if (size == null) {
          yield Optional.of(noSize(foreach));
        }
        yield size >= 1 && size <= WIDEST
            ? Optional.empty()
            : Optional.of(
                "the foreach to '%s' has %d branches; expected 1 to %d"
                    .formatted(foreach.body(), size, WIDEST));
      }
      case Gang gang -> {
        Integer size = size(gang, outcome);
        yield size != null && size >= 2 && size <= WIDEST
            ? Optional.empty()
            : Optional.of(
                "the gang of '%s' has %s members; expected 2 or more, in the outcome's \"num_parallel\""
                    .formatted(gang.to(), size == null ? "no" : size));
      }
      case Linear linear -> Optional.empty();
      case Split split -> Optional.empty();
      case End end -> Optional.empty();
    };
  }

  private String noSize(Foreach foreach) {
    if (foreach.over() instanceof OverParameter over) {
      JsonNode value = run.parameters().get(over.parameter());
      return "parameter '%s' is %s; the foreach to '%s' needs a whole number or a list there"
          .formatted(over.parameter(), value == null ? "not set" : value, foreach.body());
    }
    return "the step's outcome has no \"splits\"; the foreach to '%s' needs a number there"
        .formatted(foreach.body());
  }

  private static Optional<String> refuseChoice(Switch choice, Outcome outcome) {
    boolean known =
        outcome.next() != null
            && choice.targets().stream().anyMatch(step -> step.value().equals(outcome.next()));
    return known
        ? Optional.empty()
        : Optional.of(
            "the switch took %s; expected the outcome's \"next\" to be one of %s"
                .formatted(
                    outcome.next() == null ? "no step" : "'" + outcome.next() + "'",
                    choice.targets()));
  }

  private Integer size(Foreach foreach, Outcome outcome) {
    return switch (foreach.over()) {
      case OverOutcome over -> outcome.splits();
      case OverItems over -> Integer.valueOf(over.items().size());
      case OverParameter over -> {
        JsonNode value = run.parameters().get(over.parameter());
        if (value != null && value.isArray()) {
          yield Integer.valueOf(value.size());
        }
        boolean number = value != null && value.isIntegralNumber() && value.canConvertToInt();
        yield number ? Integer.valueOf(value.intValue()) : null;
      }
    };
  }

  private static Integer size(Gang gang, Outcome outcome) {
    return gang.size() > 0 ? Integer.valueOf(gang.size()) : outcome.numParallel();
  }

  /** Goes on after a task whose outcome was not refused. */
  void goOn(Entity.Task task, Outcome outcome) {
    switch (graph.step(task.id().step()).next()) {
      case End end -> RunRules.succeed(draft, run);
      case Linear linear -> reach(linear.to(), task);
      case Split split -> split.targets().forEach(target -> reach(target, task));
      case Switch choice -> {
        StepName target = StepName.of(outcome.next());
        if (target.equals(task.id().step())) {
          begin(task.id().repeated(), List.of(task.id().toString()), 0);
        } else {
          reach(target, task);
        }
      }
      case Foreach foreach -> open(task, foreach, size(foreach, outcome));
      case Gang gang ->
          begin(task.id().at(gang.to()), List.of(task.id().toString()), size(gang, outcome));
    }
  }

  private void open(Entity.Task task, Foreach foreach, int size) {
    draft.put(new Entity.Fan(run.id(), task.id(), draft.nextSequence(), size, 0, 0));
    draft.expect(run.id(), foreach.body(), size, 0);
  }

  private void begin(TaskId id, List<String> inputs, int gang) {
    if (draft.task(run.id(), id) == null) {
      draft.putTask(Entity.Task.first(run.id(), id, draft.nextSequence(), inputs, gang));
      draft.expect(run.id(), id.step(), 1, 0);
    }
  }

  private void reach(StepName target, Entity.Task from) {
    if (!graph.step(target).join()) {
      begin(from.id().at(target), List.of(from.id().toString()), 0);
      return;
    }
    switch (graph.closes(target)) {
      case SPLIT -> reachSplitJoin(target, from);
      case FOREACH -> reachForeachJoin(target, from);
      case GANG -> begin(from.id().at(target), TaskRanges.gang(from.id(), from.gang()), 0);
    }
  }

  private void reachSplitJoin(StepName target, Entity.Task from) {
    TaskId id = from.id().at(target);
    var key = new JoinKey(run.id(), id);
    Entity.Join join = draft.get(key, Entity.Join.class);
    Entity.Join now =
        (join == null ? new Entity.Join(run.id(), id, java.util.Map.of()) : join)
            .with(graph.branchOf(from.id().step()), from.id());
    int branches = graph.step(graph.openerOf(target)).next().targets().size();
    if (now.arrived().size() < branches) {
      draft.put(now);
      return;
    }
    draft.delete(key);
    List<TaskId> inputs = now.inOrder();
    begin(id, TaskRanges.of(inputs.size(), inputs::get), 0);
  }

  private void reachForeachJoin(StepName target, Entity.Task from) {
    int index = from.id().splitIndex();
    List<Integer> path = from.id().path();
    TaskId source = new TaskId(graph.openerOf(target), path.subList(0, path.size() - 1), 0);
    Entity.Fan fan = draft.get(new FanKey(run.id(), source), Entity.Fan.class);
    int number = index / Entity.Chunk.SIZE;
    Entity.Chunk chunk = chunk(source, number);
    if (fan == null || chunk.has(index)) {
      return;
    }
    boolean usual =
        from.id().step().equals(graph.usualParent(target)) && from.id().iteration() == 0;
    draft.put(chunk.with(index, usual ? null : from.id()));
    Entity.Fan now = fan.arrived(1);
    draft.put(now);
    if (now.arrived() == now.size()) {
      close(target, now);
    }
  }

  private Entity.Chunk chunk(TaskId source, int number) {
    Entity.Chunk chunk = draft.get(new ChunkKey(run.id(), source, number), Entity.Chunk.class);
    return chunk == null ? Entity.Chunk.empty(run.id(), source, number) : chunk;
  }

  private void close(StepName target, Entity.Fan fan) {
    StepName usual = graph.usualParent(target);
    List<Integer> path = fan.source().path();
    List<String> inputs =
        TaskRanges.of(
            fan.size(),
            index -> {
              TaskId exception =
                  chunk(fan.source(), index / Entity.Chunk.SIZE).exceptions().get(index);
              return exception != null ? exception : new TaskId(usual, with(path, index), 0);
            });
    long length = inputs.stream().mapToLong(String::length).sum();
    if (length > LONGEST_INPUTS) {
      RunRules.end(draft, run.id(), RunState.Result.FAILED, tooLong(target, fan, length));
      return;
    }
    for (int number = 0; number * Entity.Chunk.SIZE < fan.size(); number++) {
      draft.delete(new ChunkKey(run.id(), fan.source(), number));
    }
    draft.delete(fan.key());
    begin(fan.source().at(target), inputs, 0);
  }

  private static String tooLong(StepName join, Entity.Fan fan, long length) {
    return "the inputs of join '%s' take %d characters, at most %d fit into an order; let the %d branches end in the same step, so that they can be written as ranges"
        .formatted(join, length, LONGEST_INPUTS, fan.size());
  }

  /** The task of a foreach's branch when it first comes into being. */
  static TaskId branch(FlowGraph graph, Entity.Fan fan) {
    var foreach = (Foreach) graph.step(fan.source().step()).next();
    return new TaskId(foreach.body(), with(fan.source().path(), fan.next()), 0);
  }

  private static List<Integer> with(List<Integer> path, int index) {
    var longer = new java.util.ArrayList<Integer>(path.size() + 1);
    longer.addAll(path);
    longer.add(index);
    return longer;
  }
}
