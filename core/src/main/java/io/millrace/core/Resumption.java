package io.millrace.core;

import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Frontier;
import io.millrace.events.TaskId;
import io.millrace.events.flow.FlowDocument.Foreach;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Going on from where another run stopped: what succeeded there counts as done here, what failed or
 * never ran waits.
 */
public final class Resumption {
  private final Draft draft;
  private final Entity.Run run;
  private final FlowGraph graph;

  Resumption(Draft draft, Entity.Run run, FlowGraph graph) {
    this.draft = draft;
    this.run = run;
    this.graph = graph;
  }

  /** How far a run came, from all that the state holds of it. */
  public static Frontier frontier(Collection<Entity> ofRun) {
    var done = new ArrayList<TaskId>();
    var waiting = new ArrayList<Frontier.Waiting>();
    var joins = new ArrayList<Frontier.Join>();
    var fans = new ArrayList<Entity.Fan>();
    Map<TaskId, List<Frontier.Chunk>> chunks = new HashMap<>();
    for (Entity entity : ofRun) {
      switch (entity) {
        case Entity.Task task -> {
          if (task.state() instanceof AttemptState.Done) {
            done.add(task.id());
          } else {
            waiting.add(new Frontier.Waiting(task.id(), task.inputs(), task.gang()));
          }
        }
        case Entity.Fan fan -> fans.add(fan);
        case Entity.Chunk chunk ->
            chunks
                .computeIfAbsent(chunk.source(), source -> new ArrayList<>())
                .add(new Frontier.Chunk(chunk.number(), chunk.arrived(), chunk.exceptions()));
        case Entity.Join join -> joins.add(new Frontier.Join(join.task(), join.arrived()));
        case Entity.Flow flow -> {}
        case Entity.Run run -> {}
        case Entity.Status status -> {}
        case Entity.Progress progress -> {}
        case Entity.Limit limit -> {}
        case Entity.Permits permits -> {}
        case Entity.Trigger trigger -> {}
        case Entity.Heard heard -> {}
        case Entity.Settings settings -> {}
      }
    }
    done.sort(Comparator.naturalOrder());
    waiting.sort(Comparator.comparing(Frontier.Waiting::task));
    joins.sort(Comparator.comparing(Frontier.Join::task));
    fans.sort(Comparator.comparing(Entity.Fan::source));
    return new Frontier(done, fans.stream().map(fan -> fan(fan, chunks)).toList(), joins, waiting);
  }

  private static Frontier.Fan fan(Entity.Fan fan, Map<TaskId, List<Frontier.Chunk>> chunks) {
    List<Frontier.Chunk> sorted =
        chunks.getOrDefault(fan.source(), List.of()).stream()
            .sorted(Comparator.comparing(Frontier.Chunk::number))
            .toList();
    return new Frontier.Fan(fan.source(), fan.size(), fan.next(), sorted);
  }

  /** Takes a frontier over that {@link io.millrace.core.graph.FrontierCheck} has passed. */
  void takeOver(Frontier frontier) {
    for (TaskId id : frontier.done()) {
      Entity.Task task = Entity.Task.first(run.id(), id, draft.nextSequence(), List.of(), 0);
      draft.put(task.in(new AttemptState.Done(draft.now())));
      draft.expect(run.id(), id.step(), 1, 1);
    }
    Map<TaskId, Integer> bodies = new HashMap<>();
    for (Frontier.Waiting waiting : frontier.waiting()) {
      TaskId id = waiting.task();
      draft.putTask(
          Entity.Task.first(run.id(), id, draft.nextSequence(), waiting.inputs(), waiting.gang()));
      if (isBranch(id)) {
        TaskId source =
            new TaskId(graph.foreachOf(id.step()), id.path().subList(0, id.path().size() - 1), 0);
        bodies.merge(source, 1, Integer::sum);
      } else {
        draft.expect(run.id(), id.step(), 1, 0);
      }
    }
    for (Frontier.Fan fan : frontier.fans()) {
      takeOver(fan, bodies.getOrDefault(fan.source(), 0));
    }
    for (Frontier.Join join : frontier.joins()) {
      draft.put(new Entity.Join(run.id(), join.task(), join.arrived()));
    }
    if (frontier.waiting().isEmpty() && frontier.fans().isEmpty()) {
      // The last step succeeded when the run had got another result already.
      RunRules.succeed(draft, run);
    }
  }

  private void takeOver(Frontier.Fan fan, int waiting) {
    int arrived = 0;
    for (Frontier.Chunk chunk : fan.chunks()) {
      draft.put(
          new Entity.Chunk(
              run.id(), fan.source(), chunk.number(), chunk.arrived(), chunk.exceptions()));
      arrived += BitSet.valueOf(chunk.arrived()).cardinality();
    }
    draft.put(
        new Entity.Fan(
            run.id(), fan.source(), draft.nextSequence(), fan.size(), fan.next(), arrived));
    var foreach = (Foreach) graph.step(fan.source().step()).next();
    draft.expect(run.id(), foreach.body(), fan.size(), fan.next() - waiting);
  }

  /** The branches of a foreach are counted with it, the repetitions of a recursion are not. */
  private boolean isBranch(TaskId id) {
    return id.iteration() == 0 && graph.foreachOf(id.step()) != null;
  }
}
