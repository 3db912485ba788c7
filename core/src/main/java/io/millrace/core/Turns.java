package io.millrace.core;

import io.millrace.events.RunId;
import java.util.Collections;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/** The runs that can launch something, in the order in which they do. */
final class Turns {
  private final TreeMap<String, TreeSet<Turn>> byFlow = new TreeMap<>();

  /** A run that can launch something: higher priority first, then who was served longest ago. */
  record Turn(int priority, long served, RunId run) implements Comparable<Turn> {
    @Override
    public int compareTo(Turn other) {
      int byPriority = Integer.compare(other.priority, priority);
      if (byPriority != 0) {
        return byPriority;
      }
      int byServed = Long.compare(served, other.served);
      return byServed != 0 ? byServed : run.compareTo(other.run);
    }
  }

  /** Puts one turn of a flow's run in another's place; either may be null. */
  void replace(String flow, Turn before, Turn after) {
    if (before != null && !before.equals(after)) {
      TreeSet<Turn> group = byFlow.get(flow);
      group.remove(before);
      if (group.isEmpty()) {
        byFlow.remove(flow);
      }
    }
    if (after != null && !after.equals(before)) {
      byFlow.computeIfAbsent(flow, name -> new TreeSet<>()).add(after);
    }
  }

  /**
   * Whose turn it is; null when nobody's.
   *
   * @param hasRoom whether a flow's limit lets the first of its runs launch
   */
  Turn next(BiPredicate<String, RunId> hasRoom) {
    Turn best = null;
    for (var group : byFlow.entrySet()) {
      Turn first = group.getValue().first();
      if ((best == null || first.compareTo(best) < 0)
          && hasRoom.test(group.getKey(), first.run())) {
        best = first;
      }
    }
    return best;
  }

  /** Names of flows with turns. */
  Set<String> flows() {
    return Collections.unmodifiableSet(byFlow.keySet());
  }

  /** The first run in turn of a flow; null when it has none. */
  RunId first(String flow) {
    TreeSet<Turn> group = byFlow.get(flow);
    return group == null ? null : group.first().run();
  }
}
