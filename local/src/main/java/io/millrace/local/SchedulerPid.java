package io.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The scheduler of this data folder, written down in {@code scheduler.pid} in case local mode is
 * killed: its child would then live on, reconnect to the next broker and be a second owner beside
 * the next scheduler.
 *
 * <p>A process id comes back after a restart of the machine, as another process. So the start time
 * is written beside it, and only a process that matches both is ended.
 */
final class SchedulerPid {
  /**
   * How far two readings of the same process's start may differ: systems count it from a boot time
   * that they adjust.
   */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private final Path file;

  SchedulerPid(Path folder) {
    this.file = folder.resolve("scheduler.pid");
  }

  void write(ProcessHandle scheduler) {
    long started = scheduler.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    try {
      Files.write(file, List.of(Long.toString(scheduler.pid()), Long.toString(started)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The scheduler has ended: nothing is left to end. */
  void clear() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file, e);
    }
  }

  /**
   * Ends the scheduler that an earlier local mode left behind, at once: its broker is gone, so it
   * has nothing to hand over, and its steps are the next one's. Returns its process id if there was
   * one.
   */
  Optional<Long> endLeftOver() {
    Optional<ProcessHandle> leftOver = read();
    leftOver.ifPresent(
        scheduler -> {
          scheduler.destroyForcibly();
          scheduler.onExit().join();
        });
    clear();
    return leftOver.map(ProcessHandle::pid);
  }

  private Optional<ProcessHandle> read() {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      List<String> lines = Files.readAllLines(file);
      long pid = Long.parseLong(lines.get(0));
      Instant started = Instant.ofEpochMilli(Long.parseLong(lines.get(1)));
      return ProcessHandle.of(pid)
          .filter(p -> p.info().startInstant().filter(s -> near(s, started)).isPresent());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (NumberFormatException | IndexOutOfBoundsException halfWritten) {
      // Killed while writing: then the child had hardly started, and lost its broker.
      return Optional.empty();
    }
  }

  private static boolean near(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(TOLERANCE) <= 0;
  }
}
