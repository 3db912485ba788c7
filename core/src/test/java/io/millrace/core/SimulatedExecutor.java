package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Carries orders out as launcher and watcher do: at most once an attempt, with tombstones, and
 * saying again what it is asked again. It holds the engine to what they rest on.
 */
final class SimulatedExecutor {
  private final SplittableRandom random;
  private final Function<AttemptId, Observation> ends;
  private final int troubles;
  private final Map<AttemptId, Order.Launch> orders = new HashMap<>();
  private final Map<AttemptId, Observation> over = new HashMap<>();
  private final Map<String, Integer> latest = new HashMap<>();
  private final List<AttemptId> live = new ArrayList<>();
  private final List<Observation> unsaid = new ArrayList<>();

  /**
   * @param ends how each attempt ends when it is left alone
   * @param troubles of a hundred launches do not come about at once
   */
  SimulatedExecutor(SplittableRandom random, Function<AttemptId, Observation> ends, int troubles) {
    this.random = random;
    this.ends = ends;
    this.troubles = troubles;
  }

  void take(Order order) {
    switch (order) {
      case Order.Launch launch -> launch(launch);
      case Order.Cancel cancel -> stop(cancel);
    }
  }

  private void launch(Order.Launch launch) {
    AttemptId of = launch.of();
    Order.Launch before = orders.putIfAbsent(of, launch);
    if (before != null && before != launch) {
      assertThat(timeless(launch))
          .as("an order given again is the same")
          .isEqualTo(timeless(before));
    }
    if (over.containsKey(of)) {
      unsaid.add(over.get(of));
    } else if (live.contains(of)) {
      unsaid.add(new Observation.Launched(of));
    } else if (random.nextInt(100) < troubles) {
      unsaid.add(
          random.nextBoolean()
              ? new Observation.Expired(of)
              : new Observation.Deferred(of, Duration.ofSeconds(random.nextInt(60)), "quota"));
    } else {
      start(of);
    }
  }

  private void start(AttemptId of) {
    String task = of.run() + "/" + of.task();
    if (of.attempt() > 0) {
      assertThat(over)
          .as("attempt %s starts when the one before is over", of)
          .containsKey(new AttemptId(of.run(), of.task(), of.attempt() - 1));
    }
    assertThat(latest.getOrDefault(task, -1))
        .as("attempt %s starts before any later one", of)
        .isLessThan(of.attempt());
    latest.put(task, of.attempt());
    live.add(of);
    unsaid.add(new Observation.Launched(of));
    if (random.nextInt(3) == 0) {
      unsaid.add(new Observation.Pending(of, "ImagePull", "pulling"));
    }
    if (random.nextInt(3) > 0) {
      unsaid.add(new Observation.Running(of, "node"));
    }
  }

  private void stop(Order.Cancel cancel) {
    AttemptId of = cancel.of();
    if (over.containsKey(of)) {
      unsaid.add(over.get(of));
    } else if (live.contains(of) && random.nextInt(5) == 0) {
      finish(of, ends.apply(of));
    } else {
      finish(of, new Observation.Failed(of, cancel.cause()));
    }
  }

  private void finish(AttemptId of, Observation end) {
    live.remove(of);
    over.put(of, end);
    unsaid.add(end);
  }

  /** Lets some live attempt end. */
  void endOne() {
    AttemptId of = live.get(random.nextInt(live.size()));
    finish(of, ends.apply(of));
  }

  boolean hasLive() {
    return !live.isEmpty();
  }

  boolean hasUnsaid() {
    return !unsaid.isEmpty();
  }

  /** Any observation that has not been told: they come from different places, in any order. */
  Observation say() {
    int index = random.nextInt(unsaid.size());
    Observation said = unsaid.set(index, unsaid.getLast());
    unsaid.removeLast();
    return said;
  }

  /** Every attempt of a run that was ever ordered, with its order. */
  Map<AttemptId, Order.Launch> orders() {
    return orders;
  }

  private static String timeless(Order.Launch order) {
    return Json.text(order.withNotAfter(Instant.EPOCH));
  }

  static Observation end(AttemptId of, Cause.Kind failure, Reference reference) {
    return failure == null
        ? new Observation.Succeeded(of, reference.outcome(of.task()))
        : new Observation.Failed(of, Cause.of(failure, failure.toString()));
  }
}
