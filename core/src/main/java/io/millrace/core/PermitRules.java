package io.millrace.core;

import io.millrace.core.Entity.Limit;
import io.millrace.core.Entity.Limit.Share;
import io.millrace.core.Entity.Permits;
import io.millrace.core.EntityKey.LimitKey;
import io.millrace.events.Command.PermitsDemanded;
import io.millrace.events.Command.PermitsGranted;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Limits that span partitions. A limit's ledger lives in one partition; the others hold blocks of
 * permits from it. Both sides exchange whole numbers with a sequence, never differences, so that a
 * message that comes twice or late does no harm:
 *
 * <ul>
 *   <li>a partition gives permits back by demanding anew with a smaller {@code held};
 *   <li>it takes only answers to its latest demand, so that none can be in flight that the ledger
 *       has already counted as given back;
 *   <li>the ledger calls permits back by offering less than it counts, and counts less only when
 *       the partition has said so.
 * </ul>
 */
final class PermitRules {
  private PermitRules() {}

  /** At the ledger. */
  static void demanded(Draft draft, PermitsDemanded demand) {
    Limit known = draft.get(new LimitKey(demand.limit()), Limit.class);
    var shares = new TreeMap<Integer, Share>(known == null ? Map.of() : known.shares());
    Share before = shares.get(demand.partition());
    if (before != null && demand.sequence() <= before.sequence()) {
      return;
    }
    long asked = before != null && before.lacks() ? before.asked() : draft.nextSequence();
    shares.put(
        demand.partition(),
        new Share(demand.sequence(), 0, demand.held(), demand.held(), demand.want(), asked));
    var told = new TreeMap<>(shares);
    giveOut(shares, demand.total());
    tell(draft, demand.limit(), shares, told);
    told.putAll(shares);
    callBack(shares, demand.total());
    tell(draft, demand.limit(), shares, told);
    draft.put(new Limit(demand.limit(), demand.total(), shares));
  }

  /**
   * Answers where the offer has changed. Who is given a permit and asked to give it back at once
   * hears both: so it can use the permit once, and the ledger and it count alike.
   */
  private static void tell(
      Draft draft, String limit, Map<Integer, Share> shares, Map<Integer, Share> told) {
    for (Map.Entry<Integer, Share> entry : shares.entrySet()) {
      if (entry.getValue().offered() != told.get(entry.getKey()).offered()) {
        Share share = entry.getValue().answered();
        entry.setValue(share);
        draft.send(
            entry.getKey(),
            new LimitKey(limit).text(),
            new PermitsGranted(
                limit,
                entry.getKey(),
                share.sequence(),
                share.version(),
                share.offered(),
                share.allowance()));
      }
    }
  }

  /**
   * To whoever holds least, until they are level; what is left then to who has waited longest.
   * Whole levels at a time: permits may be many.
   */
  private static void giveOut(Map<Integer, Share> shares, int total) {
    int free = total - shares.values().stream().mapToInt(Share::allowance).sum();
    while (free > 0) {
      List<Map.Entry<Integer, Share>> lacking =
          shares.entrySet().stream().filter(entry -> entry.getValue().lacks()).toList();
      int least = lacking.stream().mapToInt(e -> e.getValue().allowance()).min().orElse(0);
      List<Integer> level =
          lacking.stream()
              .filter(entry -> entry.getValue().allowance() == least)
              .sorted(Comparator.comparingLong(entry -> entry.getValue().asked()))
              .map(Map.Entry::getKey)
              .toList();
      if (level.isEmpty()) {
        return;
      }
      int ceiling =
          lacking.stream()
              .map(Map.Entry::getValue)
              .mapToInt(s -> s.allowance() > least ? s.allowance() : s.want())
              .min()
              .orElseThrow();
      int each = Math.min(ceiling - least, free / level.size());
      for (int partition : level.subList(0, Math.min(level.size(), free))) {
        int more = Math.max(1, each);
        shares.computeIfPresent(partition, (key, share) -> share.more(more));
        free -= more;
      }
    }
  }

  private static Integer neediest(Map<Integer, Share> shares) {
    return shares.entrySet().stream()
        .filter(entry -> entry.getValue().lacks())
        .min(
            Map.Entry.comparingByValue(
                Comparator.comparingInt(Share::allowance).thenComparingLong(Share::asked)))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /**
   * Where the bound was lowered, takes what is above it; else, when somebody lacks permits, asks
   * for one from who holds most. One at a time: the answer comes as a demand and leads here again.
   */
  private static void callBack(Map<Integer, Share> shares, int total) {
    for (int above = offered(shares) - total; above > 0; above = offered(shares) - total) {
      int highest = most(shares).getValue().offered();
      List<Integer> level =
          shares.keySet().stream().filter(p -> shares.get(p).offered() == highest).toList();
      int next =
          shares.values().stream()
              .mapToInt(Share::offered)
              .filter(offered -> offered < highest)
              .max()
              .orElse(0);
      int less = Math.max(1, Math.min(highest - next, above / level.size()));
      for (int partition : level.subList(0, Math.min(level.size(), above))) {
        shares.computeIfPresent(partition, (key, share) -> share.less(less));
      }
    }
    Integer lacking = neediest(shares);
    boolean asked = shares.values().stream().anyMatch(s -> s.offered() < s.allowance());
    if (lacking == null || asked) {
      return;
    }
    int has = shares.get(lacking).allowance();
    Map.Entry<Integer, Share> most = most(shares);
    int their = most.getValue().offered();
    if (!most.getKey().equals(lacking) && (their > has + 1 || has == 0 && their > 0)) {
      shares.computeIfPresent(most.getKey(), (partition, share) -> share.less(1));
    }
  }

  private static int offered(Map<Integer, Share> shares) {
    return shares.values().stream().mapToInt(Share::offered).sum();
  }

  private static Map.Entry<Integer, Share> most(Map<Integer, Share> shares) {
    return shares.entrySet().stream()
        .max(Map.Entry.comparingByValue(Comparator.comparingInt(Share::offered)))
        .orElseThrow();
  }

  /** At the partition that asked. */
  static void granted(Draft draft, PermitsGranted grant) {
    Permits permits = draft.state().permits(grant.limit());
    if (grant.partition() == draft.state().partition()
        && grant.sequence() == permits.sequence()
        && grant.version() > permits.version()) {
      draft.put(permits.granted(grant.version(), grant.allowance(), grant.counted()));
    }
  }

  /** After each command: asks for permits that are lacking, gives back those without use here. */
  static Decision balance(State state, Moment moment) {
    int all = state.settings().maxParallelTasks();
    if (all == 0 && state.runs().turns().flows().isEmpty() && state.limitsHeld().isEmpty()) {
      return Decision.NOTHING;
    }
    var draft = new Draft(state, moment);
    if (all > 0) {
      balance(draft, State.ALL, all, state.active(), !state.runs().turns().flows().isEmpty());
    }
    var flows = new TreeSet<>(state.runs().turns().flows());
    state.limitsHeld().stream().map(State::flowOf).forEach(flows::add);
    for (String flow : flows) {
      String limit = State.flowLimit(flow);
      boolean more = state.runs().turns().flows().contains(flow);
      int total = more ? state.limitOf(flow) : state.permits(limit).total();
      if (total > 0) {
        balance(draft, limit, total, state.runs().active(flow), more);
      }
    }
    return draft.decision();
  }

  private static void balance(Draft draft, String limit, int total, int used, boolean more) {
    Permits permits = draft.state().permits(limit);
    int block = Math.max(1, total / (2 * draft.state().partitions()));
    boolean outstanding = permits.want() > permits.counted();
    if (permits.total() != total && (outstanding || permits.counted() > 0)) {
      int held = Math.max(used, permits.allowance());
      demand(draft, permits, total, held, more ? Math.min(total, held + block) : held);
      return;
    }
    if (permits.allowance() < permits.counted()) {
      if (used < permits.counted()) {
        int held = Math.max(used, permits.allowance());
        demand(draft, permits, total, held, more ? Math.min(total, held + block) : held);
      }
    } else if (more && !outstanding && used >= permits.counted() && permits.counted() < total) {
      int held = Math.max(used, permits.counted());
      demand(draft, permits, total, held, Math.min(total, held + block));
    } else if (!more && (outstanding || isSpare(permits.counted(), used, block))) {
      demand(draft, permits, total, used, used);
    }
  }

  private static boolean isSpare(int counted, int used, int block) {
    return counted - used >= block || used == 0 && counted > 0;
  }

  private static void demand(Draft draft, Permits permits, int total, int held, int want) {
    Permits demanded = permits.demanded(total, held, want);
    draft.put(demanded);
    draft.send(
        -1,
        new LimitKey(permits.limit()).text(),
        new PermitsDemanded(
            permits.limit(), draft.state().partition(), demanded.sequence(), held, want, total));
  }
}
