package io.millrace.it.bench;

import io.millrace.events.RunId;
import io.millrace.it.Installation;
import io.millrace.it.bench.AuditLog.Ended;
import io.millrace.it.bench.AuditLog.Happened;
import io.millrace.it.bench.AuditLog.Made;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** From a pod's end to the objects that follow from it, as the API server saw both. */
final class ClusterTransitions {
  private static final int STEPS = 10;
  private static final int WARM_PASSES = 4;
  private static final int RUNS = 15;
  private static final int PER_SECOND = 5;
  private static final int SECONDS = 15;

  private final Installation installation;
  private final AuditLog audit;
  private final Hops hops;
  private final Set<String> warm = new HashSet<>();
  private double light = Double.NaN;

  ClusterTransitions(Installation installation, AuditLog audit, Hops hops) {
    this.installation = installation;
    this.audit = audit;
    this.hops = hops;
  }

  private static String section(String kind, int millis) {
    return "container: {command: [\"true\"]}, kubernetes: {kind: %s, annotations: {test-cluster/run-ms: '%d'}}"
        .formatted(kind, millis);
  }

  private static String chain(String name, String kind) {
    String steps =
        IntStream.range(0, STEPS)
            .mapToObj(
                i ->
                    "  - {name: s%d, %s%s}\n"
                        .formatted(
                            i, section(kind, 100), i + 1 < STEPS ? ", next: s" + (i + 1) : ""))
            .collect(Collectors.joining());
    return "name: " + name + "\nsteps:\n" + steps;
  }

  /** The step that follows in a chain. */
  static String after(String step) {
    return "s" + (Integer.parseInt(step.substring(1)) + 1);
  }

  private static String fan(String name, String kind, int width, int millis) {
    String items = IntStream.range(0, width).mapToObj(i -> "" + i).collect(Collectors.joining(","));
    return """
    name: %1$s
    limits: {maxParallelTasks: %2$d}
    steps:
      - {name: start, %3$s, next: {foreach: work, items: [%4$s]}}
      - {name: work, %5$s, next: end}
      - {name: end, join: true, %3$s}
    """
        .formatted(name, width, section(kind, 100), items, section(kind, millis));
  }

  private void deploy(String flow) {
    var answer = installation.post("one", "/api/v1/flows", flow);
    if (answer.statusCode() != 201) {
      throw new IllegalStateException(answer.body());
    }
  }

  /** Seconds from the request to the public event of its end. */
  private double run(String id, String flow) {
    long began = System.nanoTime();
    RunId run = installation.publish(id, flow, Map.of());
    succeeded(run);
    return (System.nanoTime() - began) / 1e9;
  }

  private void succeeded(RunId run) {
    String end =
        installation
            .events()
            .end(run)
            .orTimeout(LaunchRate.PATIENCE_MINUTES, TimeUnit.MINUTES)
            .join();
    if (!end.equals("succeeded")) {
      throw new IllegalStateException("run " + run + " ended as " + end);
    }
  }

  /**
   * Deploys the chain of ten steps of 0.1 s, and runs it until what is measured is how Millrace
   * runs, not how it is compiled.
   */
  private String warmChain(String kind) {
    String name = "chain-" + kind;
    deploy(chain(name, kind));
    if (warm.add(kind)) {
      for (int i = 0; i < WARM_PASSES; i++) {
        pass("warm-" + name + i, name);
      }
    }
    return name;
  }

  /** One run of the chain after the other. */
  void chain(String kind) throws Exception {
    String name = warmChain(kind);
    audit.mark();
    double cpu = cpu();
    var seconds = new ArrayList<Double>();
    for (int i = 0; i < RUNS; i++) {
      seconds.add(run(name + i, name));
    }
    double used = cpu() - cpu;
    Happened happened = audit.sinceMark();
    Latencies gaps = gaps(happened);
    light = gaps.percentile(50);
    String note = "%d transitions, one run at a time; limit: the goal".formatted(gaps.count());
    Report.print("pod's end to next " + kind + ", p50", light, "ms", 15.0, note);
    Report.print("pod's end to next " + kind + ", p99", gaps.percentile(99), "ms", 60.0, note);
    Report.print(
        "of it: the API server's creation of a " + kind + ", p50",
        answers(happened).percentile(50),
        "ms",
        null,
        "from request to answer, in the audit log; starts where the figure above ends");
    hops.print(kind, happened);
    seconds.sort(null);
    Report.print(
        "chain of ten, kind " + kind,
        seconds.get(RUNS / 2),
        "s",
        1.4,
        "median of %d, from the request on Kafka to the event of the end; of it %.2f s from each creation to that pod's end, which is the cluster's: 1 s is asked for"
            .formatted(RUNS, clustersOwn(happened) / RUNS));
    print(kind, happened, used, RUNS * STEPS);
  }

  /** Seconds from the creations to the ends of the same pods, in all. */
  private static double clustersOwn(Happened happened) {
    Map<String, Instant> made =
        happened.created().stream()
            .collect(Collectors.toMap(one -> one.run() + "/" + one.step(), Made::at));
    double seconds = 0;
    for (Ended end : happened.ended()) {
      Instant since = made.get(end.run() + "/" + end.step());
      seconds += since == null ? 0 : Duration.between(since, end.at()).toNanos() / 1e9;
    }
    return seconds;
  }

  private static void print(String kind, Happened happened, double cpu, int steps) {
    Report.print(
        "API writes a step, kind " + kind,
        (double) happened.writes() / steps,
        "requests",
        2.0,
        "leases apart; limit: the goal");
    Report.print(
        "CPU of Millrace a step, kind " + kind,
        cpu * 1000 / steps,
        "ms",
        15.0,
        "one replica in all roles, broker apart; limit: the goal");
  }

  private double cpu() {
    return installation.process("one").info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /** The first creation after each end, within the same run. */
  private static Latencies gaps(Happened happened) {
    Map<String, List<Made>> made =
        happened.created().stream().collect(Collectors.groupingBy(Made::run));
    var gaps = new Latencies(happened.ended().size());
    for (Ended end : happened.ended()) {
      made.getOrDefault(end.run(), List.of()).stream()
          .map(Made::at)
          .filter(at -> at.isAfter(end.at()))
          .findFirst()
          .ifPresent(at -> gaps.add(Duration.between(end.at(), at).toNanos()));
    }
    return gaps;
  }

  private static Latencies answers(Happened happened) {
    var answers = new Latencies(happened.created().size());
    happened.created().forEach(made -> answers.add(made.answered().toNanos()));
    return answers;
  }

  /** Runs of the chain begin at a steady rate. */
  void atRate(String kind) throws Exception {
    String name = warmChain(kind);
    audit.mark();
    double cpu = cpu();
    pass("rate-" + kind, name);
    double used = cpu() - cpu;
    Happened happened = audit.sinceMark();
    Latencies gaps = gaps(happened);
    String note =
        "%d transitions at %d steps/s; limit: twice that of light load"
            .formatted(gaps.count(), PER_SECOND * STEPS);
    Report.print(
        "pod's end to next " + kind + " at 50 steps/s, p50",
        gaps.percentile(50),
        "ms",
        Double.isNaN(light) ? null : 2 * light,
        note);
    Report.print(
        "pod's end to next " + kind + " at 50 steps/s, p99", gaps.percentile(99), "ms", null, note);
    print(kind + ", at 50 steps/s", happened, used, PER_SECOND * SECONDS * STEPS);
  }

  private void pass(String id, String flow) {
    var runs = new ArrayList<RunId>();
    Pace.run(
        PER_SECOND,
        PER_SECOND * SECONDS,
        i -> runs.add(installation.publishAsync(id + "-" + i, flow, Map.of())));
    runs.forEach(this::succeeded);
  }

  /** One step, then many beside each other, then one. */
  void fan(String kind, int width, double limit) throws Exception {
    String name = "fan-%s-%d".formatted(kind, width);
    deploy(fan(name, kind, width, 100));
    run("warm-" + name, name);
    run("warm-again-" + name, name);
    audit.mark();
    double cpu = cpu();
    double seconds = run(name, name);
    double used = cpu() - cpu;
    Happened happened = audit.sinceMark();
    Report.print(
        "1 → %d → 1, kind %s".formatted(width, kind), seconds, "s", limit, "limit: the goal");
    Instant start = end(happened, "start");
    List<Instant> work = times(happened, "work");
    Report.print(
        "1 → %d → 1, kind %s: start's end to first and last object".formatted(width, kind),
        millis(start, work.getLast()),
        "ms",
        null,
        "first after %.1f ms".formatted(millis(start, work.getFirst())));
    Report.print(
        "1 → %d → 1, kind %s: last end to the join's object".formatted(width, kind),
        millis(end(happened, "work"), times(happened, "end").getLast()),
        "ms",
        null,
        "");
    print("%s, 1 → %d → 1".formatted(kind, width), happened, used, width + 2);
    if (width == 1000) {
      memory(kind, width);
    }
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }

  private static Instant end(Happened happened, String step) {
    return happened.ended().stream()
        .filter(end -> end.step().equals(step))
        .map(Ended::at)
        .max(Instant::compareTo)
        .orElseThrow();
  }

  private static List<Instant> times(Happened happened, String step) {
    return happened.created().stream()
        .filter(made -> made.step().equals(step))
        .map(Made::at)
        .sorted()
        .toList();
  }

  /** While as many pods are running. */
  private void memory(String kind, int width) throws Exception {
    String name = "slow-%s-%d".formatted(kind, width);
    deploy(fan(name, kind, width, 15_000));
    RunId run = installation.publish(name, name, Map.of());
    // Running is told of the last one when all have been.
    var running = new HashMap<Integer, Object>();
    for (int i = 0; i < width; i++) {
      running.put(
          i,
          Installation.await(
              installation.events().event("task.running", run + "/work-" + i + "/0")));
    }
    Report.print(
        "RSS of Millrace at %d active pods, kind %s".formatted(running.size(), kind),
        Memory.residentMiB(installation.process("one")),
        "MiB",
        null,
        "of it at most 512 MiB of heap");
    succeeded(run);
  }
}
