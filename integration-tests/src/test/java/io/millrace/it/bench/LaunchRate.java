package io.millrace.it.bench;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.millrace.events.RunId;
import io.millrace.it.Installation;
import io.millrace.it.Namespace;
import io.millrace.it.bench.AuditLog.Made;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Many runs of one step at once, beside bare creations of the same objects by the same client with
 * as many requests in flight.
 */
final class LaunchRate {
  /** The launcher's own bound, by default. */
  private static final int IN_FLIGHT = 32;

  static final int PATIENCE_MINUTES = 10;

  private final Installation installation;
  private final Namespace namespace;
  private final AuditLog audit;

  LaunchRate(Installation installation, Namespace namespace, AuditLog audit) {
    this.installation = installation;
    this.namespace = namespace;
    this.audit = audit;
  }

  void run(String kind) throws Exception {
    String flow = "single-" + kind;
    installation.post(
        "one",
        "/api/v1/flows",
        "name: %s\nsteps:\n  - {name: only, container: {command: [\"true\"]}, kubernetes: {kind: %s, annotations: {test-cluster/run-ms: '100'}}}\n"
            .formatted(flow, kind));
    runs("warm-" + flow, flow, 300);
    HasMetadata like = one(kind);
    for (int count : List.of(1000, 5000)) {
      double bare = bare(like, count);
      audit.mark();
      runs("launch-" + flow + count, flow, count);
      double rate = rate(audit.sinceMark().created());
      Report.print(
          "launch rate, %d runs of one step, kind %s".formatted(count, kind),
          rate,
          "objects/s",
          bare,
          "limit: bare creations by the same client, %d in flight; both while the nodes run what was created"
              .formatted(IN_FLIGHT));
    }
  }

  private void runs(String id, String flow, int count) {
    var runs = new ArrayList<RunId>();
    for (int i = 0; i < count; i++) {
      runs.add(installation.publishAsync(id + "-" + i, flow, Map.of()));
    }
    for (RunId run : runs) {
      // The nodes still run what was created before.
      installation.events().end(run).orTimeout(PATIENCE_MINUTES, TimeUnit.MINUTES).join();
    }
  }

  private HasMetadata one(String kind) {
    HasMetadata like =
        kind.equals("pod")
            ? namespace.onePod("metaflow/step_name=only")
            : namespace.oneJob("metaflow/step_name=only");
    return bareCopy(like);
  }

  /** As it was sent, of no installation. */
  private static HasMetadata bareCopy(HasMetadata like) {
    var metadata = like.getMetadata();
    metadata.setUid(null);
    metadata.setResourceVersion(null);
    metadata.setManagedFields(null);
    metadata.setCreationTimestamp(null);
    metadata.setFinalizers(List.of());
    metadata.getLabels().keySet().removeIf(label -> !label.startsWith("app."));
    if (like instanceof Pod pod) {
      pod.setStatus(null);
      pod.getSpec().setNodeName(null);
    } else if (like instanceof Job job) {
      job.setStatus(null);
      job.getSpec().setSelector(null);
      job.getSpec().getTemplate().getMetadata().setLabels(Map.of());
    }
    return like;
  }

  private double bare(HasMetadata like, int count) throws Exception {
    KubernetesClient client = namespace.client();
    audit.mark();
    try (ExecutorService workers = Executors.newFixedThreadPool(IN_FLIGHT)) {
      var made = new ArrayList<Future<HasMetadata>>();
      for (int i = 0; i < count; i++) {
        String name = "bare-" + count + "-" + i;
        made.add(
            workers.submit(
                () -> {
                  HasMetadata copy = io.fabric8.kubernetes.client.utils.Serialization.clone(like);
                  copy.getMetadata().setName(name);
                  return client.resource(copy).create();
                }));
      }
      for (Future<HasMetadata> one : made) {
        one.get();
      }
      double rate = rate(audit.sinceMark().created());
      // What follows is not to compete with these.
      for (Future<HasMetadata> one : made.subList(made.size() - IN_FLIGHT, made.size())) {
        client
            .resource(one.get())
            .waitUntilCondition(LaunchRate::isDone, PATIENCE_MINUTES, TimeUnit.MINUTES);
      }
      return rate;
    }
  }

  private static boolean isDone(HasMetadata object) {
    return switch (object) {
      case Pod pod -> "Succeeded".equals(pod.getStatus().getPhase());
      case Job job -> Integer.valueOf(1).equals(job.getStatus().getSucceeded());
      default -> throw new IllegalArgumentException(object.getKind());
    };
  }

  private static double rate(List<Made> made) {
    Instant first = made.stream().map(Made::at).min(Instant::compareTo).orElseThrow();
    Instant last = made.stream().map(Made::at).max(Instant::compareTo).orElseThrow();
    return (made.size() - 1) / (Duration.between(first, last).toNanos() / 1e9);
  }
}
