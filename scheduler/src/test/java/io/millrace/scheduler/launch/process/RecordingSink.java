package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.Observation;
import io.millrace.watcher.ObservationSink;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Acknowledges everything, but for as many refusals as it is told. */
final class RecordingSink implements ObservationSink {
  final List<Observation> published = new CopyOnWriteArrayList<>();
  final AtomicInteger refusals = new AtomicInteger();
  private final ConcurrentHashMap<AttemptId, CompletableFuture<Observation>> ends =
      new ConcurrentHashMap<>();

  @Override
  public Uni<Void> publish(Observation observation) {
    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return Uni.createFrom().failure(new IllegalStateException("no broker"));
    }
    published.add(observation);
    end(observation.of()).complete(observation);
    return Uni.createFrom().voidItem();
  }

  /** The attempt's end, as soon as it is published. */
  Observation await(AttemptId of) throws Exception {
    return end(of).get(30, TimeUnit.SECONDS);
  }

  private CompletableFuture<Observation> end(AttemptId of) {
    return ends.computeIfAbsent(of, absent -> new CompletableFuture<>());
  }
}
