package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.flow.Kubernetes.Place;
import io.millrace.watcher.AttemptEnds;
import io.millrace.watcher.ClusterWatch;
import io.millrace.watcher.Marks;
import io.millrace.watcher.SecondCopies;
import io.millrace.watcher.WatchSettings;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An executor and a watcher of an installation of their own, on the cluster that KUBECONFIG names,
 * in a namespace that goes when the test ends.
 */
final class Cluster implements AutoCloseable {
  /** Kubernetes takes up to a minute and more to tell that the pods of a lost node are gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  final String namespace;
  final KubernetesClient client =
      new KubernetesClientBuilder()
          .withConfig(
              new ConfigBuilder(Config.autoConfigure(null)).withRequestRetryBackoffLimit(0).build())
          .build();
  final KubernetesConfig config;
  final KubernetesExecutor executor;
  private final List<ClusterWatch> watches = new ArrayList<>();
  private final List<Observation> seen = new ArrayList<>();
  private final Map<Predicate<Observation>, CompletableFuture<Observation>> awaited =
      new HashMap<>();

  /** In a namespace of its own. */
  Cluster(String... settings) {
    this("millrace-it-" + UUID.randomUUID().toString().substring(0, 8), settings);
    client
        .namespaces()
        .resource(
            new io.fabric8.kubernetes.api.model.NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .endMetadata()
                .build())
        .create();
  }

  /** Another installation in the same namespace. */
  static Cluster beside(Cluster neighbour, String... settings) {
    return new Cluster(neighbour.namespace, settings);
  }

  private Cluster(String namespace, String[] settings) {
    this.namespace = namespace;
    var all = new ArrayList<>(List.of("namespace", namespace, "image", "local/busybox:1"));
    all.addAll(List.of(settings));
    config = Steps.config(all.toArray(String[]::new));
    executor =
        new KubernetesExecutor(client, config, Optional.empty(), Steps.policy(), Clock.systemUTC());
  }

  /** Leaves a test out where the server does not do yet what it rests on. */
  void assumeSince(int minor, String what) {
    int has = Integer.parseInt(client.getKubernetesVersion().getMinor().replaceAll("\\D", ""));
    assumeThat(has)
        .as("the server is Kubernetes 1.%d; since 1.%d it %s", has, minor, what)
        .isGreaterThanOrEqualTo(minor);
  }

  /** Starts a watcher with these bounds, and waits until it leads. */
  Cluster watching(Duration image, Duration node, Duration reference) throws Exception {
    watch(image, node, reference, "one");
    return this;
  }

  Cluster watching() throws Exception {
    return watching(Duration.ofMinutes(10), Duration.ofMinutes(10), Duration.ofMinutes(10));
  }

  ClusterWatch watch(Duration image, Duration node, Duration reference, String replica)
      throws Exception {
    var settings =
        new WatchSettings(
            config.installation(),
            List.of(namespace),
            replica,
            namespace,
            Duration.ofSeconds(4),
            image,
            node,
            reference,
            Duration.ofMinutes(10),
            Duration.ofDays(1));
    var watch =
        new ClusterWatch(
            client,
            settings,
            this::publish,
            AttemptEnds.UNHEARD,
            SecondCopies.NONE,
            Clock.systemUTC());
    watch.start();
    watches.add(watch);
    watch.synced().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return watch;
  }

  private Uni<Void> publish(Observation observation) {
    synchronized (seen) {
      seen.add(observation);
      awaited.forEach(
          (wanted, found) -> {
            if (wanted.test(observation)) {
              found.complete(observation);
            }
          });
    }
    return Uni.createFrom().voidItem();
  }

  List<Observation> seen(AttemptId of) {
    synchronized (seen) {
      return seen.stream().filter(one -> one.of().equals(of)).toList();
    }
  }

  /** Waits until something has been observed. */
  Observation await(Predicate<Observation> wanted) throws Exception {
    var found = new CompletableFuture<Observation>();
    synchronized (seen) {
      seen.stream().filter(wanted).findFirst().ifPresent(found::complete);
      awaited.put(wanted, found);
    }
    try {
      return found.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException late) {
      throw new AssertionError("not observed; what was: " + seen, late);
    }
  }

  Observation end(AttemptId of) throws Exception {
    return await(
        one ->
            one.of().equals(of)
                && (one instanceof Observation.Succeeded || one instanceof Observation.Failed));
  }

  Cause failure(AttemptId of) throws Exception {
    Observation end = end(of);
    if (end instanceof Observation.Failed(AttemptId ignored, Cause cause)) {
      return cause;
    }
    throw new AssertionError("expected a failure, found " + end);
  }

  /** An order of a step as its author writes it. */
  Order.Launch order(String attempt, String step, int gang) {
    Order.Launch order = Steps.order(step, gang, Map.of());
    return new Order.Launch(
        AttemptId.parse(attempt),
        order.flow(),
        order.container(),
        order.resources(),
        order.kubernetes(),
        order.timeout(),
        List.of(),
        null,
        Map.of(),
        gang,
        0,
        false,
        List.of(),
        Instant.now().plusSeconds(900),
        List.of());
  }

  /** Launches a step that runs a shell's script. */
  AttemptId launch(String name, String script, String rest) {
    Order.Launch order = shell(name, script, rest, 0);
    Observation answer = launch(order);
    if (!(answer instanceof Observation.Launched)) {
      throw new AssertionError("expected a launch, found " + answer);
    }
    return order.of();
  }

  Order.Launch shell(String name, String script, String rest, int gang) {
    return order(
        "run-1/" + name + "/0",
        "{name: %s, container: {image: 'local/busybox:1', command: [sh, -c, %s]}%s}"
            .formatted(
                name, io.millrace.events.Json.text(script), rest.isEmpty() ? "" : ", " + rest),
        gang);
  }

  Observation launch(Order.Launch order) {
    return executor.launch(order).await().atMost(PATIENCE);
  }

  void cancel(Order.Launch order, Cause cause) {
    executor
        .cancel(new Order.Cancel(order.of(), cause, Place.of(order.kubernetes(), order.gang() > 0)))
        .await()
        .atMost(PATIENCE);
  }

  /** From now on a quota lets no pod come into being. */
  void noRoomForPods() {
    var quotas = client.resourceQuotas().inNamespace(namespace);
    quotas
        .resource(
            new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("none")
                .endMetadata()
                .withNewSpec()
                .addToHard("pods", new Quantity("0"))
                .endSpec()
                .build())
        .create();
    quotas
        .withName("none")
        .waitUntilCondition(
            made -> made.getStatus() != null && !made.getStatus().getHard().isEmpty(),
            30,
            TimeUnit.SECONDS);
  }

  List<Pod> pods(AttemptId of) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("metaflow/task_id", of.task().toString())
        .list()
        .getItems();
  }

  @Override
  public void close() {
    watches.forEach(ClusterWatch::close);
    for (Pod pod : client.pods().inNamespace(namespace).list().getItems()) {
      if (pod.getMetadata().getFinalizers().contains(Marks.OBSERVED)) {
        client
            .resource(pod)
            .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"finalizers\":null}}");
      }
    }
    client.namespaces().withName(namespace).delete();
    client.close();
  }
}
