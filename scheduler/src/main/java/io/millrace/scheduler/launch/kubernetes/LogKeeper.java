package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.millrace.events.AttemptId;
import io.millrace.watcher.AttemptEnds;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Keeps the logs of attempts that have ended, before their pods are gone. What could not be kept is
 * tried again, also by the next watcher that leads: it is told of every end again.
 */
final class LogKeeper implements AttemptEnds, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(LogKeeper.class);

  /** A container's log at the kubelet is smaller, unless somebody has raised its bound. */
  private static final int LARGEST = 32 * 1024 * 1024;

  private static final int AT_A_TIME = 4;
  private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final ContainerLog logs;
  private final KeptLogs kept;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicReference<MultiEmitter<? super Ended>> waiting = new AtomicReference<>();
  private final Cancellable work;

  LogKeeper(KubernetesClient client, KeptLogs kept) {
    this.logs = new ContainerLog(client);
    this.kept = kept;
    this.work =
        Multi.createFrom()
            .<Ended>emitter(waiting::set, BackPressureStrategy.BUFFER)
            .onItem()
            .transformToUni(this::keep)
            .merge(AT_A_TIME)
            .subscribe()
            .with(done -> {}, failure -> LOG.error("no more logs are kept", failure));
  }

  private record Ended(AttemptId of, List<LogSource> containers) {}

  @Override
  public void ended(AttemptId of, List<Pod> pods) {
    waiting
        .get()
        .emit(new Ended(of, pods.stream().flatMap(pod -> LogSource.of(pod).stream()).toList()));
  }

  private Uni<Void> keep(Ended ended) {
    return Uni.createFrom()
        .voidItem()
        .invoke(() -> keepNow(ended))
        .runSubscriptionOn(workers)
        .onFailure()
        .retry()
        .withBackOff(FIRST_DELAY, LONGEST_DELAY)
        .expireIn(PATIENCE.toMillis())
        .onFailure()
        .invoke(failure -> LOG.warnf("attempt=%s its logs are not kept: %s", ended.of(), failure))
        .onFailure()
        .recoverWithNull();
  }

  private void keepNow(Ended ended) {
    if (ended.containers().isEmpty() || kept.index(ended.of()).isPresent()) {
      return;
    }
    var texts = new LinkedHashMap<LogSource, byte[]>();
    try {
      for (LogSource container : ended.containers()) {
        Optional<byte[]> log = logs.whole(container, LARGEST);
        log.ifPresent(text -> texts.put(container, text));
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    if (!texts.isEmpty()) {
      kept.keep(ended.of(), texts);
    }
  }

  @Override
  public void close() {
    work.cancel();
    workers.shutdownNow();
  }
}
