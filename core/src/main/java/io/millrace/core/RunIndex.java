package io.millrace.core;

import io.millrace.core.EntityKey.RunKey;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.core.Turns.Turn;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What follows from the entities of each run: its tasks in flight, what it can launch, how many
 * attempts hold a slot, and whose turn it is.
 */
final class RunIndex {
  private final Map<EntityKey, Entity> entities;
  private final Map<RunId, Members> members = new HashMap<>();
  private final Turns turns = new Turns();
  private final Map<String, Integer> activeByFlow = new HashMap<>();
  private int active;
  private int open;

  /** What belongs to one run. */
  private static final class Members {
    private final Set<EntityKey> keys = new HashSet<>();
    private final TreeSet<TaskId> inFlight = new TreeSet<>();
    private final TreeSet<Ready> ready = new TreeSet<>();
    private Turn turn;
    private String flow;
    private int active;
  }

  /**
   * Something of a run that can be launched. What is nearer to the run's end goes first, so that
   * work in flight stays little: tasks that wait before tasks that a foreach has yet to bring
   * about, inner foreaches before outer ones.
   */
  record Ready(int rank, long seq, EntityKey key) implements Comparable<Ready> {
    @Override
    public int compareTo(Ready other) {
      int byRank = Integer.compare(rank, other.rank);
      int bySeq = byRank != 0 ? byRank : Long.compare(seq, other.seq);
      return bySeq != 0 ? bySeq : key.compareTo(other.key);
    }
  }

  /**
   * @param entities the state's; read, never changed, and up to date whenever {@link #update} is
   *     called
   */
  RunIndex(Map<EntityKey, Entity> entities) {
    this.entities = entities;
  }

  /** Attempts that hold a slot. */
  int active() {
    return active;
  }

  /** Attempts that hold a slot, of the runs of a flow. */
  int active(String flow) {
    return activeByFlow.getOrDefault(flow, 0);
  }

  /** Runs that have not ended. */
  int open() {
    return open;
  }

  /** The runs that can launch something, limits that span runs apart. */
  Turns turns() {
    return turns;
  }

  /** The tasks of a run that are not over, in order of their ids. */
  List<TaskId> inFlight(RunId run) {
    Members of = members.get(run);
    return of == null ? List.of() : List.copyOf(of.inFlight);
  }

  /** Keys of all that belongs to a run, sorted. */
  List<EntityKey> keysOf(RunId run) {
    Members of = members.get(run);
    return of == null ? List.of() : of.keys.stream().sorted().toList();
  }

  /** What a run with a turn launches next. */
  Ready firstReady(RunId run) {
    return members.get(run).ready.first();
  }

  /**
   * Takes a change of an entity in.
   *
   * @param before null where it is new
   * @param after null where it is gone
   */
  void update(EntityKey.OfRun key, Entity before, Entity after) {
    Members of = members.computeIfAbsent(key.run(), run -> new Members());
    if (after == null) {
      of.keys.remove(key);
    } else if (before == null) {
      of.keys.add(key);
    }
    Ready readyBefore = ready(key, before);
    Ready readyAfter = ready(key, after);
    if (readyBefore != null) {
      of.ready.remove(readyBefore);
    }
    if (readyAfter != null) {
      of.ready.add(readyAfter);
    }
    if (key instanceof EntityKey.TaskKey task) {
      if (after instanceof Entity.Task now && !now.state().isOver()) {
        of.inFlight.add(task.task());
      } else {
        of.inFlight.remove(task.task());
      }
    }
    if (after instanceof Entity.Run run) {
      count(of, run.flow().name(), of.active);
    } else if (key instanceof StatusKey) {
      count(of, of.flow, after instanceof Entity.Status status ? status.active() : 0);
    }
    open += isOpen(after) - isOpen(before);
    refreshTurn(key.run(), of);
    if (of.keys.isEmpty()) {
      members.remove(key.run());
    }
  }

  private static Ready ready(EntityKey key, Entity entity) {
    if (entity instanceof Entity.Task task && task.state() instanceof AttemptState.Waiting) {
      return new Ready(0, task.seq(), key);
    }
    if (entity instanceof Entity.Fan fan && fan.hasMore()) {
      return new Ready(Integer.MAX_VALUE - fan.source().path().size(), fan.seq(), key);
    }
    return null;
  }

  private static int isOpen(Entity entity) {
    return entity instanceof Entity.Status status && !status.state().isOver() ? 1 : 0;
  }

  /** A checkpoint may bring a run's status before the run itself, and so before its flow's name. */
  private void count(Members of, String flow, int attempts) {
    active += attempts - of.active;
    count(of.flow, -of.active);
    count(flow, attempts);
    of.flow = flow;
    of.active = attempts;
  }

  private void count(String flow, int attempts) {
    if (flow != null && attempts != 0) {
      activeByFlow.merge(flow, attempts, (a, b) -> a + b == 0 ? null : Integer.valueOf(a + b));
    }
  }

  private void refreshTurn(RunId id, Members of) {
    Turn turn = null;
    if (!of.ready.isEmpty()
        && entities.get(new StatusKey(id)) instanceof Entity.Status status
        && status.state() instanceof RunState.Running
        && entities.get(new RunKey(id)) instanceof Entity.Run run
        && status.active() < run.maxParallelTasks()) {
      turn = new Turn(run.priority(), status.served(), id);
    }
    turns.replace(of.flow, of.turn, turn);
    of.turn = turn;
  }
}
