package io.millrace.core;

import io.millrace.core.EntityKey.FlowKey;
import io.millrace.core.EntityKey.PermitsKey;
import io.millrace.core.EntityKey.RunKey;
import io.millrace.core.EntityKey.SettingsKey;
import io.millrace.core.Turns.Turn;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.flow.FlowDocumentReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
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
  private final TreeSet<Deadline> deadlines = new TreeSet<>();
  private final RunIndex runs = new RunIndex(Collections.unmodifiableMap(entities));
  private final TreeSet<String> limitsHeld = new TreeSet<>();

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
    return runs.active();
  }

  /** Runs that have not ended. */
  public int openRuns() {
    return runs.open();
  }

  /** What follows from the entities of each run. */
  RunIndex runs() {
    return runs;
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

  /** Whose turn it is; null when nobody can launch anything. */
  Turn nextTurn() {
    return isFull(ALL, settings().maxParallelTasks(), active())
        ? null
        : runs.turns()
            .next(
                (flow, first) ->
                    !isFull(
                        flowLimit(flow), run(first).maxParallelTasksOfFlow(), runs.active(flow)));
  }

  /** The bound on a flow's attempts as its first run in turn knows it; 0 for none. */
  int limitOf(String flow) {
    RunId first = runs.turns().first(flow);
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
      runs.update(ofRun, before, after);
    }
  }

  private void indexFlow(FlowRef ref, Entity before, Entity after) {
    if (after == null) {
      graphs.remove(ref);
    } else if (before == null) {
      graphs.put(ref, FlowGraph.of(FlowDocumentReader.read(((Entity.Flow) after).document())));
    }
  }
}
