package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.flow.Kubernetes.Kind;
import io.millrace.scheduler.launch.Executor;
import io.millrace.scheduler.policy.Policy;
import io.millrace.watcher.Identity;
import io.millrace.watcher.ObjectsApi;
import io.millrace.watcher.Stop;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Runs attempts as objects of a Kubernetes. An attempt starts at most once, because its object's
 * name follows from whose it is and the API server lets one object have it; the name stays taken,
 * by a tombstone if need be, for longer than a copy of the order can be under way.
 *
 * <p>It holds nothing, waits for nothing and sends nothing twice: each launch is one request, and
 * what could not be done now is answered as deferred.
 */
public final class KubernetesExecutor implements Executor {
  private static final Logger LOG = Logger.getLogger(KubernetesExecutor.class);
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;

  /** A name changes hands between absent and taken once; more often is another's doing. */
  private static final int MOST_TRIES = 3;

  private final ObjectsApi api;
  private final Objects objects;
  private final Refusal refusal;
  private final List<String> namespaces;
  private final Clock clock;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param client must not send anything again by itself
   * @param data the address below which tasks have their folders; empty where pods can reach none
   * @param policy what a pod must not have
   * @param clock tells whether an order has expired
   */
  public KubernetesExecutor(
      KubernetesClient client,
      KubernetesConfig config,
      Optional<String> data,
      Policy policy,
      Clock clock) {
    this.api = new ObjectsApi(client);
    this.objects = Objects.of(config, data, policy);
    this.refusal = new Refusal(config.retryAfter(), config.quotaRetryAfter());
    this.namespaces = config.all();
    this.clock = clock;
  }

  @Override
  public Uni<Observation> launch(Order.Launch order) {
    return carryOut(() -> launchNow(order));
  }

  @Override
  public Uni<Void> cancel(Order.Cancel order) {
    return carryOut(
        () -> {
          stop(order);
          return null;
        });
  }

  private <T> Uni<T> carryOut(Supplier<T> work) {
    return Uni.createFrom().item(work).runSubscriptionOn(workers);
  }

  private Observation launchNow(Order.Launch order) {
    Instant now = clock.instant();
    if (order.notAfter() != null && now.isAfter(order.notAfter())) {
      return new Observation.Expired(order.of());
    }
    try {
      Plan plan = objects.plan(order);
      requireKnown(plan);
      return create(plan, objects.of(plan, now));
    } catch (RefusedOrderException refused) {
      return new Observation.Rejected(order.of(), refused.getMessage());
    }
  }

  /** The watcher sees the configured namespaces only: what ran elsewhere would never end. */
  private void requireKnown(Plan plan) {
    if (!namespaces.contains(plan.namespace())) {
      throw new RefusedOrderException(
          "kubernetes.namespace: '%s' is not among millrace.kubernetes.namespaces (%s)"
              .formatted(plan.namespace(), String.join(", ", namespaces)));
    }
  }

  private Observation create(Plan plan, HasMetadata object) {
    try {
      api.create(object);
      return new Observation.Launched(plan.order().of());
    } catch (KubernetesClientException failure) {
      return failure.getCode() == CONFLICT ? taken(plan, failure) : refusal.of(plan, failure);
    }
  }

  /** The name is taken: by this attempt, when the order came before. */
  private Observation taken(Plan plan, KubernetesClientException conflict) {
    try {
      Optional<HasMetadata> there = api.read(plan.kind(), plan.namespace(), plan.name());
      if (there.isEmpty()) {
        return new Observation.Deferred(plan.order().of(), refusal.soon(), Refusal.words(conflict));
      }
      Optional<Identity> whose = there.flatMap(Identity::of);
      return whose.equals(Optional.of(plan.identity()))
          ? new Observation.Launched(plan.order().of())
          : new Observation.Rejected(
              plan.order().of(),
              "%s %s/%s is there already and belongs to %s; delete it, or give this installation an id of its own in millrace.kubernetes.installation"
                  .formatted(
                      plan.kind(),
                      plan.namespace(),
                      plan.name(),
                      whose.map(Identity::toString).orElse("something else")));
    } catch (KubernetesClientException failure) {
      return refusal.of(plan, failure);
    }
  }

  private void stop(Order.Cancel order) {
    var identity = new Identity(objects.config().installation(), order.of());
    var stop = new Stop(order.cause(), clock.instant());
    if (order.place() == null) {
      stopWhereverItIs(identity, stop);
      return;
    }
    String namespace = PodTemplate.or(order.place().namespace(), objects.config().namespace());
    if (!namespaces.contains(namespace)) {
      return;
    }
    stop(identity, order.place().kind(), namespace, stop);
  }

  /** Stops the object, or takes its name when there is none yet. */
  private void stop(Identity identity, Kind kind, String namespace, Stop stop) {
    String name = ObjectName.of(identity);
    for (int i = 0; i < MOST_TRIES; i++) {
      if (api.stop(kind, namespace, name, stop)) {
        return;
      }
      try {
        api.createTombstone(Tombstones.of(identity, kind, namespace, stop));
        return;
      } catch (KubernetesClientException failure) {
        if (failure.getCode() == NOT_FOUND) {
          // No such namespace or kind: nothing of it can ever be launched.
          return;
        }
        if (failure.getCode() != CONFLICT) {
          throw failure;
        }
      }
    }
    throw new IllegalStateException(
        "%s %s/%s of attempt %s comes and goes and could not be stopped"
            .formatted(kind, namespace, name, identity.of()));
  }

  private void stopWhereverItIs(Identity identity, Stop stop) {
    String name = ObjectName.of(identity);
    for (String namespace : namespaces) {
      for (Kind kind : Kind.values()) {
        if (api.stop(kind, namespace, name, stop)) {
          return;
        }
      }
    }
    LOG.debugf("attempt=%s is to be stopped and is nowhere", identity.of());
  }
}
