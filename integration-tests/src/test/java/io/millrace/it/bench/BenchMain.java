package io.millrace.it.bench;

import io.millrace.it.Installation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Runs the benchmarks that the arguments name, or all: transition, throughput, wide, restore,
 * takeover, start, metadata.
 */
public final class BenchMain {
  /** Options of the schedulers' JVM; {@code BENCH_JVM} adds to them, to record a profile, say. */
  static final List<String> JVM =
      Stream.concat(
              Stream.of("-Xmx512m", "-XX:+UseSerialGC"),
              Stream.of(System.getenv().getOrDefault("BENCH_JVM", "").split(" "))
                  .filter(option -> !option.isBlank()))
          .toList();

  private static final String EXTERNAL = "millrace.executor=external";

  private BenchMain() {}

  public static void main(String[] names) throws Exception {
    Set<String> wanted =
        names.length == 0
            ? Set.of("transition", "throughput", "wide", "restore", "takeover", "start", "metadata")
            : Set.of(names);
    Path folder = Files.createTempDirectory("millrace-bench");
    if (wanted.contains("transition")) {
      try (var installation = new Installation(folder.resolve("transition"), JVM)) {
        installation.start("one", EXTERNAL, "millrace.partitions=1");
        new TransitionBench(installation).run(new Clients(installation.brokers()), JVM);
        installation.stop("one");
      }
    }
    if (wanted.contains("throughput")) {
      try (var installation = new Installation(folder.resolve("throughput"), JVM)) {
        installation.start("one", EXTERNAL, "millrace.partitions=3");
        new ThroughputBench(installation).run(new Clients(installation.brokers()), 3);
        installation.stop("one");
      }
    }
    if (wanted.contains("wide")) {
      try (var installation = new Installation(folder.resolve("wide"), JVM)) {
        installation.start("one", EXTERNAL, "millrace.partitions=1");
        new WideForeachBench(installation).run(new Clients(installation.brokers()), 1);
      }
    }
    if (wanted.contains("restore")) {
      restore(folder);
    }
    if (wanted.contains("takeover")) {
      try (var installation = new Installation(folder.resolve("takeover"), JVM)) {
        new RestoreBench(installation, 3, EXTERNAL, "millrace.partitions=3").takeover();
      }
    }
    if (wanted.contains("metadata")) {
      try (var installation = new Installation(folder.resolve("metadata"), JVM)) {
        new MetadataBench(installation, folder.resolve("metadata")).run();
      }
    }
    if (wanted.contains("start")) {
      var start = new StartBench(folder);
      start.scheduler();
      start.localMode(Path.of(System.getProperty("millrace.home")));
    }
  }

  private static void restore(Path folder) throws Exception {
    try (var installation = new Installation(folder.resolve("runs"), JVM)) {
      new RestoreBench(installation, 3, EXTERNAL, "millrace.partitions=3")
          .thousandRuns(folder.resolve("runs"));
    }
    try (var installation = new Installation(folder.resolve("tasks"), JVM)) {
      new RestoreBench(installation, 1, EXTERNAL, "millrace.partitions=1")
          .hundredThousandTasks(folder.resolve("tasks"));
    }
  }
}
