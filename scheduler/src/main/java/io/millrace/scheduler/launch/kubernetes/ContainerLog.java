package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import io.fabric8.kubernetes.client.dsl.Loggable;
import io.millrace.scheduler.launch.LogLine;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads one container's log from the API server, while it is written or afterwards. */
final class ContainerLog {
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final Duration BEFORE_ASKING_AGAIN = Duration.ofSeconds(1);
  private static final long NANOS = 1_000_000_000L;

  private final KubernetesClient client;

  ContainerLog(KubernetesClient client) {
    this.client = client;
  }

  /** Takes lines; answers whether it wants more. */
  interface Reader {
    boolean take(LogLine line) throws IOException, InterruptedException;
  }

  /** The log as it is, with the times, at most so many bytes; empty when it is gone. */
  Optional<byte[]> whole(LogSource source, int most) throws IOException {
    try (InputStream log =
        container(source).usingTimestamps().limitBytes(most).getLogInputStream()) {
      return Optional.ofNullable(log == null ? null : log.readAllBytes());
    } catch (KubernetesClientException failure) {
      return none(failure);
    }
  }

  /** Hands over what there is after a position. */
  void read(LogSource source, long after, Reader reader) throws IOException, InterruptedException {
    try (InputStream log = after(source, after).getLogInputStream()) {
      if (log != null) {
        copy(source, log, after, reader);
      }
    } catch (KubernetesClientException failure) {
      none(failure);
    }
  }

  /**
   * Hands over what there is after a position and what comes, until the container has ended. A
   * connection that was lost is opened again behind the last line.
   */
  void follow(LogSource source, long after, Reader reader)
      throws IOException, InterruptedException {
    long position = after;
    while (isRunning(source)) {
      long before = position;
      try (LogWatch log = after(source, position).watchLog()) {
        position = copy(source, log.getOutput(), position, reader);
      } catch (KubernetesClientException failure) {
        none(failure);
      }
      if (position < 0) {
        return;
      }
      if (position == before) {
        Thread.sleep(BEFORE_ASKING_AGAIN);
      }
    }
    // What the last connection may have lost.
    read(source, position, reader);
  }

  /** The last line's position; negative when the reader has had enough. */
  private static long copy(LogSource source, InputStream log, long after, Reader reader)
      throws IOException, InterruptedException {
    long position = after;
    var lines = new TimedLines(log);
    for (var line = lines.next(); line.isPresent(); line = lines.next()) {
      if (line.get().position() > position) {
        position = line.get().position();
        if (!reader.take(
            new LogLine(source.stream(), source.member(), position, line.get().text()))) {
          return -1;
        }
      }
    }
    return position;
  }

  private io.fabric8.kubernetes.client.dsl.ContainerResource container(LogSource source) {
    return client
        .pods()
        .inNamespace(source.namespace())
        .withName(source.pod())
        .inContainer(source.container());
  }

  /** From the beginning of the second: the API server knows no smaller unit. */
  private Loggable after(LogSource source, long position) {
    var log = container(source).usingTimestamps();
    return (position == 0 ? log : log.sinceTime(Instant.ofEpochSecond(position / NANOS).toString()))
        .withReadyWaitTimeout(0);
  }

  private boolean isRunning(LogSource source) {
    Pod pod = client.pods().inNamespace(source.namespace()).withName(source.pod()).get();
    return pod != null
        && pod.getMetadata().getUid().equals(source.uid())
        && Stream.concat(
                pod.getStatus().getInitContainerStatuses().stream(),
                pod.getStatus().getContainerStatuses().stream())
            .filter(status -> status.getName().equals(source.container()))
            .map(ContainerStatus::getState)
            .anyMatch(state -> state.getRunning() != null);
  }

  /** A log that is gone, or a container that never began, has no lines. */
  private static <T> Optional<T> none(KubernetesClientException failure) {
    if (failure.getCode() == NOT_FOUND || failure.getCode() == BAD_REQUEST) {
      return Optional.empty();
    }
    throw failure;
  }
}
