package io.millrace.scheduler.launch.process;

import io.millrace.events.Observation;
import io.millrace.watcher.ObservationSink;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import java.io.Closeable;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** Publishes ends until they are acknowledged, or until the server stops. */
final class Reports implements Closeable {
  private static final Logger LOG = Logger.getLogger(Reports.class);
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);

  private final ObservationSink sink;
  private final Executor workers;
  private final Set<Cancellable> pending = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Reports(ObservationSink sink, Executor workers) {
    this.sink = sink;
    this.workers = workers;
  }

  /**
   * Publishes an end.
   *
   * @param acknowledged run once it is durable; never when the server stops before that
   */
  void publish(Observation end, Runnable acknowledged) {
    var subscription = new AtomicReference<Cancellable>();
    Cancellable publishing =
        Uni.createFrom()
            .deferred(() -> sink.publish(end))
            .onFailure()
            .invoke(failure -> refused(end, failure))
            .onFailure()
            .retry()
            .withBackOff(FIRST_DELAY, LONGEST_DELAY)
            .indefinitely()
            .emitOn(workers)
            .onTermination()
            .invoke(() -> forget(subscription))
            .subscribe()
            .with(
                ignored -> acknowledged.run(),
                failure -> LOG.errorf(failure, "attempt=%s end not published", end.of()));
    pending.add(publishing);
    if (!subscription.compareAndSet(null, publishing)) {
      pending.remove(publishing);
    } else if (closed) {
      publishing.cancel();
    }
  }

  /** Publishing can be over before its subscription is known: then the place is taken. */
  private void forget(AtomicReference<Cancellable> subscription) {
    if (!subscription.compareAndSet(null, () -> {})) {
      pending.remove(subscription.get());
    }
  }

  private static void refused(Observation end, Throwable failure) {
    LOG.warnf(
        "attempt=%s its end could not be published and will be again: %s",
        end.of(), failure.getMessage());
  }

  @Override
  public void close() {
    closed = true;
    pending.forEach(Cancellable::cancel);
  }
}
