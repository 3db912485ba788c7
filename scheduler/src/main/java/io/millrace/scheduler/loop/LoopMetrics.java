package io.millrace.scheduler.loop;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.core.Decision;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What a partition's loop measures. Tags name the partition, never a run. */
final class LoopMetrics {
  private final DistributionSummary batch;
  private final Timer commit;
  private final DistributionSummary changes;
  private final Timer behind;
  private final Timer restore;
  private final Counter commands;
  private final Counter orders;
  private final Counter events;
  private final Counter deadLetters;
  private final AtomicLong lag = new AtomicLong();
  private final AtomicLong active = new AtomicLong();
  private final AtomicLong runs = new AtomicLong();

  LoopMetrics(MeterRegistry registry, int partition) {
    String[] tags = {"partition", Integer.toString(partition)};
    batch = registry.summary("millrace.loop.batch.commands", tags);
    commit = registry.timer("millrace.checkpoint.commit", tags);
    changes = registry.summary("millrace.checkpoint.records", tags);
    behind =
        Timer.builder("millrace.checkpoint.behind")
            .tags(tags)
            .publishPercentiles(0.5, 0.99)
            .register(registry);
    restore = registry.timer("millrace.loop.restore", tags);
    commands = registry.counter("millrace.loop.commands", tags);
    orders = registry.counter("millrace.loop.orders", tags);
    events = registry.counter("millrace.loop.events", tags);
    deadLetters = registry.counter("millrace.loop.dead.letters", tags);
    registry.gauge("millrace.loop.lag.commands", Tags.of(tags), lag);
    registry.gauge("millrace.runs.active", Tags.of(tags), runs);
    registry.gauge("millrace.attempts.active", Tags.of(tags), active);
  }

  void batch(int size, long lagging, int activeAttempts, int openRuns) {
    batch.record(size);
    lag.set(lagging);
    active.set(activeAttempts);
    runs.set(openRuns);
  }

  void decided(Decision decision) {
    commands.increment();
    orders.increment(decision.orders().size());
    events.increment(decision.events().size());
  }

  void deadLetter() {
    commands.increment();
    deadLetters.increment();
  }

  void checkpoint(Covered covered, int written, long nanos) {
    commit.record(nanos, TimeUnit.NANOSECONDS);
    behind.record(covered.age(), TimeUnit.NANOSECONDS);
    changes.record(written);
  }

  void restored(long nanos) {
    restore.record(nanos, TimeUnit.NANOSECONDS);
  }
}
