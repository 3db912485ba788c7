package io.millrace.it.bench;

import io.millrace.it.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An ahead-of-time cache of the scheduler, made as the image's is: by a JVM that has started and
 * done what the training has it do.
 *
 * @param file where it is
 */
record AotCache(Path file) {
  private static final int IN_ONE_STEP = 25;

  /** What the JVM that learns is asked to do. */
  @FunctionalInterface
  interface Training {
    void run() throws Exception;
  }

  /** Whether this JDK makes one when the JVM ends. */
  static boolean isPossible() {
    return Runtime.version().feature() >= IN_ONE_STEP;
  }

  /** Starts scheduler "one", has it do the training, and stops it. */
  static AotCache learnt(
      Installation installation, Path file, Training training, String... settings)
      throws Exception {
    List<String> before = installation.jvmOptions();
    // Objects are kept only by this collector, and can be used by any.
    installation.jvmOptions(
        and(
            before.stream().filter(option -> !option.endsWith("GC")).toList(),
            "-XX:+UseG1GC",
            "-XX:AOTCacheOutput=" + file));
    installation.start("one", settings);
    training.run();
    installation.stop("one");
    installation.jvmOptions(before);
    return new AotCache(file);
  }

  /** The same JVM's options, with the cache. */
  List<String> usedBy(List<String> options) {
    return and(options, "-XX:AOTCache=" + file);
  }

  long mebibytes() throws IOException {
    return Files.size(file) >> 20;
  }

  private static List<String> and(List<String> options, String... more) {
    var all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return all;
  }
}
