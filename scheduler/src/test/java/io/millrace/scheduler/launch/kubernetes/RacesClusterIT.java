package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes late, twice or in the wrong order, on a real cluster: nothing starts again. */
class RacesClusterIT {
  private static final Cause ENOUGH = Cause.of(Kind.CANCELLED, "enough");

  private final Cluster cluster = new Cluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  private void awaitPods(Predicate<List<Pod>> wanted) {
    cluster
        .client
        .pods()
        .inNamespace(cluster.namespace)
        .informOnCondition(wanted)
        .orTimeout(60, TimeUnit.SECONDS)
        .join();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "kubernetes: {kind: pod}"})
  void anOrderThatComesAgainAfterItsPodWasDrained(String kind) throws Exception {
    cluster.watching();
    Order.Launch order = cluster.shell("fit", "exec sleep 600", kind, 0);
    cluster.launch(order);
    cluster.await(Observation.Running.class::isInstance);
    String pod = cluster.pods(order.of()).getFirst().getMetadata().getName();
    cluster.client.pods().inNamespace(cluster.namespace).withName(pod).evict();
    assertThat(cluster.failure(order.of()).kind()).isEqualTo(Kind.EVICTED);

    assertThat(cluster.launch(order)).isInstanceOf(Observation.Launched.class);

    assertThat(cluster.pods(order.of()))
        .allSatisfy(one -> assertThat(one.getMetadata().getName()).isEqualTo(pod));
  }

  @Test
  void aDrainThatTookAPodBeforeAnyoneSawItEnd() throws Exception {
    cluster.assumeSince(26, "makes no other pod in place of one that was deleted");
    Order.Launch order = cluster.shell("fit", "exec sleep 600", "", 0);
    cluster.launch(order);
    awaitPods(pods -> pods.stream().anyMatch(pod -> "Running".equals(pod.getStatus().getPhase())));
    String pod = cluster.pods(order.of()).getFirst().getMetadata().getName();
    cluster.client.pods().inNamespace(cluster.namespace).withName(pod).evict();
    awaitPods(pods -> pods.stream().noneMatch(one -> one.getMetadata().getName().equals(pod)));

    cluster.watching();

    assertThat(cluster.failure(order.of()).kind()).isIn(Kind.EVICTED, Kind.LOST);
    assertThat(cluster.launch(order)).isInstanceOf(Observation.Launched.class);
  }

  @Test
  void anOrderThatComesWhenItsTimeIsOver() {
    Order.Launch order = cluster.shell("fit", "true", "", 0);
    Order.Launch late = order.withNotAfter(Instant.now().minusSeconds(1));

    // Its object may have been swept: nothing remembers it but the order's own time.
    assertThat(cluster.launch(late)).isInstanceOf(Observation.Expired.class);
    assertThat(cluster.pods(order.of())).isEmpty();
  }

  @Test
  void aQuotaThatHasRoomAfterTheEngineGaveUp() throws Exception {
    cluster.noRoomForPods();
    cluster.watching();
    Order.Launch order = cluster.shell("fit", "true", "", 0);
    cluster.launch(order);
    cluster.await(Observation.Pending.class::isInstance);
    cluster.cancel(order, ENOUGH);
    assertThat(cluster.failure(order.of())).isEqualTo(ENOUGH);

    cluster.client.resourceQuotas().inNamespace(cluster.namespace).delete();
    AttemptId next = cluster.launch("other", "true", "");
    assertThat(cluster.end(next)).isInstanceOf(Observation.Succeeded.class);

    assertThat(cluster.pods(order.of())).isEmpty();
  }

  @Test
  void twoInstallationsInOneNamespace() throws Exception {
    try (Cluster other = Cluster.beside(cluster, "installation", "other")) {
      cluster.watching();
      other.watching();
      Order.Launch first = cluster.shell("fit", "exit 0", "", 0);
      Order.Launch second = cluster.shell("fit", "exit 3", "", 0);

      assertThat(cluster.launch(first)).isInstanceOf(Observation.Launched.class);
      assertThat(other.launch(second)).isInstanceOf(Observation.Launched.class);

      assertThat(cluster.end(first.of()))
          .isEqualTo(new Observation.Succeeded(first.of(), Outcome.SUCCESS));
      assertThat(other.failure(first.of()).exitCode()).isEqualTo(3);
      assertThat(cluster.seen(first.of())).noneMatch(Observation.Failed.class::isInstance);
    }
  }
}
