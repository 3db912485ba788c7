package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Observation;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nodes do to the pods on them. Each test has a node of its own, which KWOK plays. */
class NodesClusterIT {
  private final Cluster cluster = new Cluster();
  private final String node = "fake-" + cluster.namespace;

  @BeforeEach
  void addNode() throws Exception {
    Map<String, Quantity> room =
        Map.of(
            "cpu", new Quantity("4"),
            "memory", new Quantity("8Gi"),
            "ephemeral-storage", new Quantity("100Gi"),
            "pods", new Quantity("10"));
    cluster
        .client
        .nodes()
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(node)
                .addToLabels("type", "kwok")
                .addToLabels("it", node)
                .addToAnnotations("kwok.x-k8s.io/node", "fake")
                .endMetadata()
                .withNewSpec()
                .addToTaints(
                    new TaintBuilder()
                        .withKey("kwok.x-k8s.io/node")
                        .withValue("fake")
                        .withEffect("NoSchedule")
                        .build())
                .endSpec()
                .withNewStatus()
                .withCapacity(room)
                .withAllocatable(room)
                .endStatus()
                .build())
        .create();
    cluster
        .client
        .nodes()
        .withName(node)
        .waitUntilCondition(
            one ->
                one.getStatus().getConditions().stream()
                        .anyMatch(
                            condition ->
                                condition.getType().equals("Ready")
                                    && condition.getStatus().equals("True"))
                    && one.getSpec().getTaints().size() == 1,
            60,
            TimeUnit.SECONDS);
    cluster.watching();
  }

  @AfterEach
  void close() {
    cluster.client.nodes().withName(node).delete();
    cluster.close();
  }

  /** A step on the node that would run for long. */
  private AttemptId running() throws Exception {
    AttemptId of =
        cluster.launch(
            "fit",
            "true",
            """
            resources: {cpu: 3}, kubernetes: {nodeSelector: {it: %s},
              tolerations: [{key: kwok.x-k8s.io/node, operator: Exists}],
              annotations: {test-cluster/run-ms: '600000'}}\
            """
                .formatted(node));
    cluster.await(Observation.Running.class::isInstance);
    return of;
  }

  @Test
  void aTaintThatDrivesItsPodsAway() throws Exception {
    cluster.assumeSince(26, "says why it deletes a pod");
    AttemptId of = running();
    cluster
        .client
        .nodes()
        .withName(node)
        .edit(
            one ->
                new NodeBuilder(one)
                    .editSpec()
                    .addToTaints(new TaintBuilder().withKey("spot").withEffect("NoExecute").build())
                    .endSpec()
                    .build());
    Cause cause = cluster.failure(of);
    // Nobody reports there how the container ended, as on a node that is gone.
    assertThat(cause.kind()).isIn(Kind.EVICTED, Kind.NODE_LOST);
    assertThat(cause.message()).contains("DeletionByTaintManager");
  }

  @Test
  void aPodOfHigherPriorityThatTakesItsPlace() throws Exception {
    cluster.assumeSince(26, "says why it deletes a pod");
    AttemptId of = running();
    cluster
        .client
        .pods()
        .inNamespace(cluster.namespace)
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withName("urgent")
                .endMetadata()
                .withNewSpec()
                // Every cluster has it; one of our own would first have to be heard of.
                .withPriorityClassName("system-cluster-critical")
                .addToNodeSelector("it", node)
                .addNewToleration()
                .withOperator("Exists")
                .endToleration()
                .addNewContainer()
                .withName("urgent")
                .withImage("local/busybox:1")
                .withNewResources()
                .addToRequests("cpu", new Quantity("3"))
                .endResources()
                .endContainer()
                .endSpec()
                .build())
        .create();
    Cause cause = cluster.failure(of);
    assertThat(cause.kind()).isEqualTo(Kind.PREEMPTED);
    assertThat(cause.message()).contains("PreemptionByScheduler");
  }

  @Test
  void aNodeThatIsGone() throws Exception {
    AttemptId of = running();
    cluster.client.nodes().withName(node).delete();
    assertThat(cluster.failure(of).kind()).isIn(Kind.NODE_LOST, Kind.EVICTED);
  }
}
