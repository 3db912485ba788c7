package io.millrace.core;

import io.millrace.core.EntityKey.FlowKey;
import io.millrace.core.EntityKey.PermitsKey;
import io.millrace.core.EntityKey.RunKey;
import io.millrace.core.EntityKey.SettingsKey;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.core.Turns.Turn;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import io.millrace.events.flow.FlowDocumentReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * A partition's entities, and indexes that follow from them. Only {@link #apply} changes it, when a
 * decision is applied live and when a checkpoint is restored alike; so every order that an index
 * gives must come from the entities alone, never from when they came in.
 *
 * <p>Not thread-safe: it belongs to one loop.
 */
public final class State {
  /** The limit on attempts of all runs. */
  static final String ALL = "all";

  private final int partition;
  private final int partitions;
  private final Map<EntityKey, Entity> entities = new HashMap<>();
  private final Map<FlowRef, FlowGraph> graphs = new HashMap<>();
  private final Map<RunId, Members> members = new HashMap<>();
  private final TreeSet<Deadline> deadlines = new TreeSet<>();
  private final Turns turns = new Turns();
  private final Map<String, Integer> activeByFlow = new HashMap<>();
  private final TreeSet<String> limitsHeld = new TreeSet<>();
  private int active;
  private int openRuns;

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
   * When the engine has to look at an entity by itself.
   *
   * @param at the time
   * @param key the entity
   */
  public record Deadline(Instant at, EntityKey key) implements Comparable<Deadline> {
    @Override
    public int compareTo(Deadline other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : key.compareTo(other.key);
    }
  }

  /**
   * An empty state.
   *
   * @param partition its number
   * @param partitions how many there are, fixed when the topics were created
   */
  public State(int partition, int partitions) {
    this.partition = partition;
    this.partitions = partitions;
  }

  /** The state that a checkpoint holds. */
  public static State restored(int partition, int partitions, Collection<Entity> entities) {
    var state = new State(partition, partitions);
    state.apply(entities.stream().map(entity -> new Change(entity.key(), entity)).toList());
    return state;
  }

  public int partition() {
    return partition;
  }

  public int partitions() {
    return partitions;
  }

  /** An entity, or null. */
  public Entity get(EntityKey key) {
    return entities.get(key);
  }

  /** All entities, in no particular order. */
  public Collection<Entity> entities() {
    return Collections.unmodifiableCollection(entities.values());
  }

  /** The deadlines, earliest first. */
  public NavigableSet<Deadline> deadlines() {
    return Collections.unmodifiableNavigableSet(deadlines);
  }

  /** What the engine decides by. */
  public Entity.Settings settings() {
    return entities.get(new SettingsKey()) instanceof Entity.Settings set
        ? set
        : Entity.Settings.DEFAULT;
  }

  /** Attempts that hold a slot in this partition. */
  public int active() {
    return active;
  }

  /** Runs that have not ended. */
  public int openRuns() {
    return openRuns;
  }

  int active(String flow) {
    return activeByFlow.getOrDefault(flow, 0);
  }

  /**
   * @throws IllegalStateException when the definition is not here
   */
  FlowGraph graph(FlowRef ref) {
    FlowGraph graph = graphs.get(ref);
    if (graph == null) {
      throw new IllegalStateException("partition " + partition + " does not hold flow " + ref);
    }
    return graph;
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

  /** Whose turn it is; null when nobody can launch anything. */
  Turn nextTurn() {
    return isFull(ALL, settings().maxParallelTasks(), active)
        ? null
        : turns.next(
            (flow, first) ->
                !isFull(flowLimit(flow), run(first).maxParallelTasksOfFlow(), active(flow)));
  }

  /** Names of flows of which something can be launched, their limits apart. */
  Set<String> flowsWithTurns() {
    return turns.flows();
  }

  /** The bound on a flow's attempts as its first run in turn knows it; 0 for none. */
  int limitOf(String flow) {
    RunId first = turns.first(flow);
    return first == null ? 0 : run(first).maxParallelTasksOfFlow();
  }

  private Entity.Run run(RunId id) {
    return (Entity.Run) entities.get(new RunKey(id));
  }

  private boolean isFull(String limit, int total, int used) {
    return total > 0 && used >= permits(limit).allowance();
  }

  Entity.Permits permits(String limit) {
    return entities.get(new PermitsKey(limit)) instanceof Entity.Permits permits
        ? permits
        : Entity.Permits.none(limit);
  }

  /** Limits on flows of which this partition holds permits or waits for some. */
  Set<String> limitsHeld() {
    return Collections.unmodifiableSet(limitsHeld);
  }

  static String flowOf(String flowLimit) {
    return flowLimit.substring("flow/".length());
  }

  static String flowLimit(String flow) {
    return "flow/" + flow;
  }

  /**
   * Makes changes.
   *
   * @return the changes that would take them back, to be applied in this order
   */
  public List<Change> apply(List<Change> changes) {
    var undo = new ArrayList<Change>(changes.size());
    for (Change change : changes) {
      Entity before =
          change.entity() == null
              ? entities.remove(change.key())
              : entities.put(change.key(), change.entity());
      undo.add(new Change(change.key(), before));
      index(change.key(), before, change.entity());
    }
    Collections.reverse(undo);
    return undo;
  }

  private void index(EntityKey key, Entity before, Entity after) {
    if (before != null && before.deadline() != null) {
      deadlines.remove(new Deadline(before.deadline(), key));
    }
    if (after != null && after.deadline() != null) {
      deadlines.add(new Deadline(after.deadline(), key));
    }
    if (key instanceof FlowKey flow) {
      indexFlow(flow.ref(), before, after);
    } else if (key instanceof PermitsKey permits && !permits.limit().equals(ALL)) {
      limitsHeld.remove(permits.limit());
      if (after instanceof Entity.Permits now && now.counted() + now.want() > 0) {
        limitsHeld.add(permits.limit());
      }
    } else if (key instanceof EntityKey.OfRun ofRun) {
      indexMember(ofRun, before, after);
    }
  }

  private void indexFlow(FlowRef ref, Entity before, Entity after) {
    if (after == null) {
      graphs.remove(ref);
    } else if (before == null) {
      graphs.put(ref, FlowGraph.of(FlowDocumentReader.read(((Entity.Flow) after).document())));
    }
  }

  private void indexMember(EntityKey.OfRun key, Entity before, Entity after) {
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
    openRuns += isOpen(after) - isOpen(before);
    refreshTurn(key.run(), of);
    if (of.keys.isEmpty()) {
      members.remove(key.run());
    }
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

  private static Ready ready(EntityKey key, Entity entity) {
    if (entity instanceof Entity.Task task && task.state() instanceof AttemptState.Waiting) {
      return new Ready(0, task.seq(), key);
    }
    if (entity instanceof Entity.Fan fan && fan.hasMore()) {
      return new Ready(Integer.MAX_VALUE - fan.source().path().size(), fan.seq(), key);
    }
    return null;
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
