package io.millrace.it.bench;

import io.millrace.it.Installation;
import io.millrace.it.Namespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Measures on the cluster that KUBECONFIG names, whose nodes are played by KWOK and whose API
 * server writes its audit log into the file that {@code AUDIT_LOG} names. Runs the parts that the
 * arguments name, or all: transition, rate, wide, launch.
 */
public final class ClusterBenchMain {
  private static final int PARTITIONS = 3;

  private ClusterBenchMain() {}

  public static void main(String[] names) throws Exception {
    Set<String> wanted =
        names.length == 0 ? Set.of("transition", "rate", "wide", "launch") : Set.of(names);
    String log = System.getenv("AUDIT_LOG");
    if (log == null || !Files.isReadable(Path.of(log))) {
      System.err.println(
          "AUDIT_LOG has to name the API server's audit log (JSON lines, with the requests of pods, jobs and jobsets); found "
              + log);
      System.exit(2);
    }
    Path folder = Files.createTempDirectory("millrace-bench-cluster");
    try (var namespace = new Namespace();
        var installation = new Installation(folder, BenchMain.JVM)) {
      installation.start(
          "one",
          namespace.settings(
              "millrace.kubernetes.node-selector=type=kwok",
              "millrace.kubernetes.tolerations=[{\"operator\":\"Exists\"}]",
              "millrace.partitions=" + PARTITIONS,
              // Nothing is executed, so there are no logs to keep.
              "millrace.kubernetes.watch.keeps-logs=false"));
      var audit = new AuditLog(Path.of(log));
      measure(wanted, installation, namespace, audit);
    }
  }

  private static void measure(
      Set<String> wanted, Installation installation, Namespace namespace, AuditLog audit)
      throws Exception {
    try (var hops = new Hops(new Clients(installation.brokers()), PARTITIONS)) {
      var transitions = new ClusterTransitions(installation, audit, hops);
      for (String kind : List.of("pod", "job")) {
        if (wanted.contains("transition")) {
          transitions.chain(kind);
          transitions.fan(kind, 100, 2.0);
        }
        if (wanted.contains("rate")) {
          transitions.atRate(kind);
        }
        if (wanted.contains("wide")) {
          transitions.fan(kind, 1000, 10.0);
        }
        if (wanted.contains("launch")) {
          new LaunchRate(installation, namespace, audit).run(kind);
        }
      }
    }
  }
}
