package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.millrace.events.AttemptId;
import io.millrace.watcher.AttemptEnds;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final ContainerLog logs;
  private final KeptLogs kept;

  /** Few, so that a burst of ends takes neither memory nor the API server's time. */
  private final ExecutorService workers =
      Executors.newFixedThreadPool(AT_A_TIME, Thread.ofVirtual().name("log-keeper-", 0).factory());

  LogKeeper(KubernetesClient client, KeptLogs kept) {
    this.logs = new ContainerLog(client);
    this.kept = kept;
  }

  private record Ended(AttemptId of, List<LogSource> containers) {}

  @Override
  public void ended(AttemptId of, List<Pod> pods) {
    var containers = pods.stream().flatMap(pod -> LogSource.of(pod).stream()).toList();
    if (containers.isEmpty()) {
      return;
    }
    var ended = new Ended(of, containers);
    Uni.createFrom()
        .voidItem()
        .invoke(() -> keepNow(ended))
        .runSubscriptionOn(workers)
        .onFailure()
        .retry()
        .withBackOff(FIRST_DELAY, LONGEST_DELAY)
        .expireIn(PATIENCE.toMillis())
        .subscribe()
        .with(
            kept -> {}, failure -> LOG.warnf("attempt=%s its logs are not kept: %s", of, failure));
  }

  private void keepNow(Ended ended) {
    if (kept.index(ended.of()).isPresent()) {
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
    workers.shutdownNow();
  }
}
