package io.millrace.scheduler.launch.process;

import io.millrace.scheduler.launch.LogLine;
import io.millrace.scheduler.launch.LogPosition;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** One subscriber's reading of an attempt's lines, on a thread of its own. */
final class LogReading implements Runnable {
  private final AttemptFolder folder;
  private final LogPosition from;
  private final boolean follow;
  private final FolderWatch watch;
  private final MultiEmitter<? super LogLine> subscriber;

  /** Released whenever there may be something to do: demand, a change of a file, the end. */
  private final Semaphore wake = new Semaphore(0);

  /** Whether a wake was used up in waiting for demand; it may have been about something else. */
  private boolean changedMeanwhile;

  private final Map<Path, LineReader> readers = new LinkedHashMap<>();
  private final Map<Path, Closeable> watched = new HashMap<>();

  LogReading(
      AttemptFolder folder,
      LogPosition from,
      boolean follow,
      FolderWatch watch,
      MultiEmitter<? super LogLine> subscriber) {
    this.folder = folder;
    this.from = from;
    this.follow = follow;
    this.watch = watch;
    this.subscriber = subscriber;
    subscriber.onRequest(more -> wake.release());
    subscriber.onTermination(wake::release);
  }

  @Override
  public void run() {
    try {
      boolean over = false;
      while (!over && !subscriber.isCancelled()) {
        changedMeanwhile = false;
        // Asked before reading: what is read after the end is all there is.
        over = isOver();
        if (!emit(over)) {
          return;
        }
        if (!follow) {
          break;
        }
        if (!over && !watchMore() && !changedMeanwhile) {
          wake.acquire();
          wake.drainPermits();
        }
      }
      subscriber.complete();
    } catch (IOException | RuntimeException failed) {
      subscriber.fail(failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      subscriber.fail(interrupted);
    } finally {
      close();
    }
  }

  /** Whether nothing writes any more. */
  private boolean isOver() {
    return folder.hasEnded()
        || folder.members().stream()
            .allMatch(
                member ->
                    member.exit().isPresent()
                        || member.claim().orElse(null) instanceof Claim.Cancelled);
  }

  /** Emits what is there, the streams in turn; false when the subscriber has gone. */
  private boolean emit(boolean over) throws IOException, InterruptedException {
    for (Member member : folder.members()) {
      reader(member.stdout(), LogLine.STDOUT, member);
      reader(member.stderr(), LogLine.STDERR, member);
    }
    boolean more = true;
    while (more) {
      more = false;
      for (LineReader reader : readers.values()) {
        Optional<LogLine> line = reader.next(over);
        if (line.isPresent()) {
          if (!awaitDemand()) {
            return false;
          }
          subscriber.emit(line.get());
          more = true;
        }
      }
    }
    return true;
  }

  private void reader(Path file, String stream, Member member) {
    readers.computeIfAbsent(
        file,
        absent ->
            new LineReader(file, stream, member.index(), from.offset(stream, member.index())));
  }

  private boolean awaitDemand() throws InterruptedException {
    while (!subscriber.isCancelled() && subscriber.requested() == 0) {
      wake.acquire();
      changedMeanwhile = true;
    }
    return !subscriber.isCancelled();
  }

  /**
   * Watches the attempt's folders, or what there is on the way to them.
   *
   * @return whether there is a new one, in which something may have happened before
   */
  private boolean watchMore() throws IOException {
    Path nearest = folder.path();
    while (!Files.isDirectory(nearest)) {
      nearest = nearest.getParent();
    }
    boolean more = watch(nearest);
    for (Member member : folder.members()) {
      more |= Files.isDirectory(member.path()) && watch(member.path());
    }
    return more;
  }

  private boolean watch(Path path) throws IOException {
    if (watched.containsKey(path)) {
      return false;
    }
    try {
      watched.put(path, watch.watch(path, changed -> wake.release()));
    } catch (NoSuchFileException removed) {
      // Looked for again.
    }
    return true;
  }

  private void close() {
    try {
      for (LineReader reader : readers.values()) {
        reader.close();
      }
      for (Closeable watching : watched.values()) {
        watching.close();
      }
    } catch (IOException failed) {
      ProcessLogs.LOG.warnf("attempt=%s a log file cannot be closed: %s", folder.of(), failed);
    }
  }
}
