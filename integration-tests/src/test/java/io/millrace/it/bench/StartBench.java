package io.millrace.it.bench;

import io.millrace.it.Installation;
import io.millrace.local.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** From nothing to ready. */
final class StartBench {
  private static final int TIMES = 3;
  private static final List<String> JVM = List.of("-Xmx256m", "-XX:+UseSerialGC");

  private final Path folder;

  StartBench(Path folder) {
    this.folder = folder;
  }

  /** The scheduler beside a running broker, without and with an ahead-of-time cache. */
  void scheduler() throws Exception {
    try (var installation = new Installation(folder.resolve("start"), JVM)) {
      installation.start("one");
      installation.stop("one");
      Report.print(
          "JVM start to ready", median(installation), "s", 3.0, "limit: the goal; no AOT cache");
      if (AotCache.isPossible()) {
        AotCache cache = AotCache.learnt(installation, folder.resolve("scheduler.aot"), () -> {});
        installation.jvmOptions(cache.usedBy(JVM));
        Report.print(
            "JVM start to ready, with an AOT cache",
            median(installation),
            "s",
            3.0,
            "limit: the goal; cache of %d MiB".formatted(cache.mebibytes()));
      }
    }
  }

  private static double median(Installation installation) {
    double[] seconds = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      long began = System.nanoTime();
      installation.start("one");
      seconds[i] = (System.nanoTime() - began) / 1e9;
      installation.stop("one");
    }
    java.util.Arrays.sort(seconds);
    return seconds[TIMES / 2];
  }

  /** All of local mode, broker included, on an empty folder and again on the same. */
  void localMode(Path home) {
    for (String how : List.of("on an empty folder", "again")) {
      long began = System.nanoTime();
      ChildJvm local =
          ChildJvm.jar(home.resolve("local/target/millrace-local.jar"))
              .jvmOptions("-Xmx512m", "-XX:+UseSerialGC")
              .arguments("--data", folder.resolve("local").toString(), "--api-port", "0")
              .output(line -> {})
              .start();
      Installation.await(local.ready());
      Report.print(
          "local mode to ready, " + how,
          (System.nanoTime() - began) / 1e9,
          "s",
          10.0,
          "limit: the goal; broker, object store and scheduler");
      local.stop(Duration.ofSeconds(30));
    }
  }
}
