package io.millrace.it.bench;

import io.millrace.events.RunId;
import io.millrace.it.Installation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs from the public topic to their end, and transitions, as fast as one replica can. */
final class ThroughputBench {
  private final Installation installation;

  ThroughputBench(Installation installation) {
    this.installation = installation;
  }

  void run(Clients clients, int partitions) throws Exception {
    installation.post("one", "/api/v1/flows", TransitionBench.chain("single", 1));
    installation.post("one", "/api/v1/flows", TransitionBench.chain("ten", 10));
    try (var executor = new InstantExecutor(clients, partitions, (order, received) -> {})) {
      executor.onOrder(executor::succeed);
      pass("warm-single", "single", 1000);
      double singles = pass("single", "single", 4000);
      Report.print(
          "run starts, one step, from the public topic to the end",
          singles,
          "runs/s",
          500.0,
          "limit: the goal of 500 a replica");
      pass("warm-ten", "ten", 300);
      double tens = pass("ten", "ten", 2000);
      Report.print(
          "transitions at saturation", tens * 10, "steps/s", null, "runs of a chain of ten steps");
    }
  }

  /** Runs a second. */
  private double pass(String id, String flow, int count) {
    long began = System.nanoTime();
    List<RunId> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      runs.add(installation.publishAsync(id + "-" + i, flow, Map.of()));
    }
    for (RunId run : runs) {
      String end = Installation.await(installation.events().end(run));
      if (!end.equals("succeeded")) {
        throw new IllegalStateException("run " + run + " ended as " + end);
      }
    }
    return count / ((System.nanoTime() - began) / 1e9);
  }
}
