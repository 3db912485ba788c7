package io.millrace.scheduler.launch.process;

import io.millrace.events.Observation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Where an attempt runs, for people. */
final class Whereabouts {
  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

  private Whereabouts() {}

  /**
   * An attempt that has been claimed: running, or launched where nothing of it runs any more.
   *
   * @param ended members of which the end is known
   */
  static Observation of(AttemptFolder folder, Set<Integer> ended) {
    List<String> pids =
        folder.members().stream()
            .filter(member -> !ended.contains(member.index()) && member.exit().isEmpty())
            .flatMap(member -> member.claim().stream())
            .filter(claim -> claim instanceof Claim.Run(ProcessId process) && process.isAlive())
            .map(claim -> Long.toString(((Claim.Run) claim).process().pid()))
            .toList();
    if (pids.isEmpty()) {
      return new Observation.Launched(folder.of());
    }
    return new Observation.Running(
        folder.of(),
        (pids.size() == 1 ? "pid " : "pids ") + String.join(", ", pids) + " on " + host());
  }

  private static String host() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + HOST_NAME, unreadable);
    }
  }
}
