package io.millrace.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;

/** Waits for files, by the file system's events. */
final class Appearance {
  private Appearance() {}

  static void await(Path file) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
    while (!Files.exists(file)) {
      Path there = file.getParent();
      while (!Files.isDirectory(there)) {
        there = there.getParent();
      }
      try (WatchService events = there.getFileSystem().newWatchService()) {
        there.register(events, StandardWatchEventKinds.ENTRY_CREATE);
        // What came before the watch would not be told.
        Path next = there.resolve(there.relativize(file).getName(0));
        if (!Files.exists(next)
            && events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) == null) {
          throw new AssertionError(file + " has not appeared; there is " + there);
        }
      }
    }
  }
}
