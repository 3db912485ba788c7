package io.millrace.watcher;

import io.millrace.events.Observation;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Publishes observations until each is acknowledged. */
final class Publisher implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Publisher.class);
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

  private final ObservationSink sink;
  private final Set<CompletableFuture<Void>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Publisher(ObservationSink sink) {
    this.sink = sink;
  }

  /**
   * Blocks until the observation is durable.
   *
   * @throws CancellationException when the watcher stops before that
   */
  void publish(Observation observation) {
    CompletableFuture<Void> acknowledged =
        Uni.createFrom()
            .deferred(() -> sink.publish(observation))
            .onFailure()
            .invoke(
                failure ->
                    LOG.warnf(
                        "attempt=%s what was seen could not be published and will be again: %s",
                        observation.of(), failure.getMessage()))
            .onFailure()
            .retry()
            .withBackOff(FIRST_DELAY, LONGEST_DELAY)
            .indefinitely()
            .subscribeAsCompletionStage();
    underWay.add(acknowledged);
    if (closed) {
      acknowledged.cancel(true);
    }
    try {
      acknowledged.join();
    } finally {
      underWay.remove(acknowledged);
    }
  }

  @Override
  public void close() {
    closed = true;
    underWay.forEach(future -> future.cancel(true));
  }
}
