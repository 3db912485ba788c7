package io.millrace.scheduler.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who is there and who is to own what, as the owners topic tells it. Time is the topic's own: every
 * replica that has read as far sees the same members and gives every partition to the same one. A
 * replica that has not read as far may disagree for a moment, which fencing makes harmless.
 */
final class Membership {
  private final int partitions;
  private final Duration lease;
  private final Map<String, Seen> replicas = new TreeMap<>();
  private Instant now = Instant.EPOCH;

  private record Seen(Heartbeat heartbeat, Instant at) {}

  Membership(int partitions, Duration lease) {
    this.partitions = partitions;
    this.lease = lease;
  }

  void see(Heartbeat heartbeat, Instant at) {
    now = at.isAfter(now) ? at : now;
    replicas.put(heartbeat.replica(), new Seen(heartbeat, now));
  }

  /** Names of those whose lease has not run out, sorted; those that leave included. */
  Set<String> present() {
    var names = new TreeSet<String>();
    replicas.forEach(
        (name, seen) -> {
          if (!seen.at().plus(lease).isBefore(now)) {
            names.add(name);
          }
        });
    return names;
  }

  /** Whether somebody else who is there has not handed a partition over. */
  boolean isHeldByAnother(int partition, String me) {
    return present().stream()
        .anyMatch(
            name -> !name.equals(me) && replicas.get(name).heartbeat().owned().contains(partition));
  }

  /**
   * The partitions that are to be a replica's. Each keeps what it has, up to its fair share; what
   * is above that, and what nobody has, goes to those below theirs.
   */
  Set<Integer> shareOf(String me) {
    Map<String, List<Integer>> shares = shares();
    return new TreeSet<>(shares.getOrDefault(me, List.of()));
  }

  private Map<String, List<Integer>> shares() {
    var claims = new TreeMap<String, List<Integer>>();
    var free = new TreeSet<Integer>();
    for (int partition = 0; partition < partitions; partition++) {
      free.add(partition);
    }
    for (String name : present()) {
      if (!replicas.get(name).heartbeat().leaving()) {
        var kept = new ArrayList<Integer>();
        replicas.get(name).heartbeat().owned().stream()
            .sorted()
            .filter(free::remove)
            .forEach(kept::add);
        claims.put(name, kept);
      }
    }
    if (claims.isEmpty()) {
      return claims;
    }
    Map<String, Integer> quotas = quotas(claims);
    claims.forEach(
        (name, kept) -> {
          while (kept.size() > quotas.get(name)) {
            free.add(kept.removeLast());
          }
        });
    claims.forEach(
        (name, kept) -> {
          while (kept.size() < quotas.get(name)) {
            kept.add(free.pollFirst());
          }
        });
    return claims;
  }

  /** Who has most already gets the larger share, where shares cannot be equal. */
  private Map<String, Integer> quotas(Map<String, List<Integer>> claims) {
    int larger = partitions % claims.size();
    List<String> order =
        claims.entrySet().stream()
            .sorted(
                Comparator.comparingInt(
                        (Map.Entry<String, List<Integer>> entry) -> -entry.getValue().size())
                    .thenComparing(Map.Entry::getKey))
            .map(Map.Entry::getKey)
            .toList();
    var quotas = new TreeMap<String, Integer>();
    for (int i = 0; i < order.size(); i++) {
      quotas.put(order.get(i), partitions / claims.size() + (i < larger ? 1 : 0));
    }
    return quotas;
  }
}
