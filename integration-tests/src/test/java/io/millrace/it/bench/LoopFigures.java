package io.millrace.it.bench;

import io.millrace.it.Installation;
import java.util.Map;
import java.util.TreeMap;

/** What the scheduler's own metrics say at one moment. */
final class LoopFigures {
  private final Map<String, Double> sums = new TreeMap<>();
  private final Map<String, Double> most = new TreeMap<>();

  LoopFigures(Installation installation) {
    for (String line : installation.get("one", "/q/metrics").body().split("\n")) {
      int space = line.lastIndexOf(' ');
      if (line.startsWith("millrace_") && space > 0) {
        int brace = line.indexOf('{');
        String name = line.substring(0, brace < 0 ? space : brace);
        String key = line.contains("quantile=\"0.99\"") ? name + "_p99" : name;
        double value = Double.parseDouble(line.substring(space + 1));
        sums.merge(key, value, Double::sum);
        most.merge(key, value, Double::max);
      }
    }
  }

  double sum(String name) {
    return sums.getOrDefault(name, 0.0);
  }

  double most(String name) {
    return most.getOrDefault(name, 0.0);
  }

  void printSince(LoopFigures before, double seconds) {
    double commits =
        sum("millrace_checkpoint_commit_seconds_count")
            - before.sum("millrace_checkpoint_commit_seconds_count");
    double records =
        sum("millrace_checkpoint_records_sum") - before.sum("millrace_checkpoint_records_sum");
    double busy =
        sum("millrace_checkpoint_commit_seconds_sum")
            - before.sum("millrace_checkpoint_commit_seconds_sum");
    Report.print("checkpoints", commits / seconds, "1/s", null, "over all rates");
    Report.print("records a checkpoint", records / commits, "records", null, "mean");
    Report.print("a checkpoint's transaction", 1000 * busy / commits, "ms", null, "mean");
    Report.print(
        "checkpoint behind the loop, p99",
        1000 * most("millrace_checkpoint_behind_seconds_p99"),
        "ms",
        null,
        "over the last minutes");
  }
}
