package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.CommandLog.Taken;
import io.millrace.events.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Takes the partition over from a checkpoint and folds the same log, at its own pace. */
final class SecondOwner {
  private final List<Taking> takings;
  private final CommandLog log;
  private final List<Order> orders = new ArrayList<>();
  private int next;
  private long decided;

  SecondOwner(List<Taking> takings, int from, SplittableRandom random) {
    this.takings = takings;
    this.next = from;
    this.log = Replay.restored(takings, from, random.nextLong());
  }

  /** Decides up to a record what has been decided before, and has to decide it alike. */
  void follow(int until) {
    for (; next < until; next++) {
      Taking taking = takings.get(next);
      Taken taken = log.take(taking.offset(), taking.appended(), taking.value());
      Decision decision =
          taken instanceof Taken.Decided decided ? decided.decision() : Decision.NOTHING;
      assertThat(Replay.digest(decision)).as("record %d", next).isEqualTo(taking.digest());
      assertThat(log.position()).isEqualTo(taking.after());
      orders.addAll(decision.orders());
      decided++;
    }
  }

  /** Its orders since they were last asked for. */
  List<Order> newOrders() {
    List<Order> result = List.copyOf(orders);
    orders.clear();
    return result;
  }

  int next() {
    return next;
  }

  long decided() {
    return decided;
  }

  State state() {
    return log.state();
  }
}
