package io.millrace.scheduler.launch.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Names one process for ever: pids come round again, and start anew after a reboot.
 *
 * @param pid the process, which leads its session and group
 * @param started in clock ticks since boot, as field 22 of {@code /proc/<pid>/stat}
 * @param boot the kernel's id of the boot
 */
record ProcessId(long pid, long started, String boot) {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  /** Whether it still runs. One that waits to be reaped does not. */
  boolean isAlive() {
    return boot.equals(thisBoot()) && isThere();
  }

  /**
   * Whether its group may still hold processes that it left behind. As long as a group exists, its
   * number is not given to a new process; so where another process has the pid, the group is gone.
   */
  boolean mayHaveLeftGroup() {
    return boot.equals(thisBoot()) && (isThere() || !Files.exists(stat()));
  }

  private boolean isThere() {
    try {
      String text = Files.readString(stat(), StandardCharsets.ISO_8859_1);
      // The second field is the program's name in brackets and may hold anything, brackets too.
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
      return !fields[0].equals("Z") && !fields[0].equals("X") && fields[19].equals("" + started);
    } catch (IOException gone) {
      return false;
    }
  }

  private Path stat() {
    return Path.of("/proc", Long.toString(pid), "stat");
  }

  private static String thisBoot() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException unreadable) {
      throw new IllegalStateException(
          "cannot read " + BOOT_ID + "; the process executor runs on Linux with /proc mounted",
          unreadable);
    }
  }
}
