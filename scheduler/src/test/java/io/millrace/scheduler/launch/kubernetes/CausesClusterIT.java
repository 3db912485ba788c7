package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every end that a step can come to, brought about on a real cluster. */
class CausesClusterIT {
  private static final Cause ENOUGH = Cause.of(Kind.CANCELLED, "enough");
  private static final String JOB = "";
  private static final String POD = "kubernetes: {kind: pod}";

  private final Cluster cluster = new Cluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {JOB, POD})
  void aStepThatEndsWell(String kind) throws Exception {
    cluster.watching();
    AttemptId of =
        cluster.launch(
            "fit", "echo '{\"v\":1,\"ok\":true,\"splits\":3}' >$MILLRACE_OUTCOME_FILE", kind);
    assertThat(cluster.end(of)).isEqualTo(new Observation.Succeeded(of, Outcome.splitting(3)));
  }

  @ParameterizedTest
  @ValueSource(strings = {JOB, POD})
  void anExitCode(String kind) throws Exception {
    cluster.watching();
    AttemptId of = cluster.launch("fit", "echo no rows >&2; exit 3", kind);
    assertThat(cluster.failure(of)).isEqualTo(Cause.userError(3, "exit code 3: no rows"));
  }

  @Test
  void outOfMemory() throws Exception {
    cluster.watching();
    AttemptId of =
        cluster.launch(
            "fit",
            "exec tail /dev/zero",
            "resources: {memory: 32Mi}, kubernetes: {qos: guaranteed}");
    assertThat(cluster.failure(of).kind()).isEqualTo(Kind.OOM_KILLED);
  }

  @Test
  void aChildThatIsOutOfMemory() throws Exception {
    cluster.watching();
    AttemptId of =
        cluster.launch(
            "fit",
            "tail /dev/zero; exit $?",
            "resources: {memory: 32Mi}, kubernetes: {qos: guaranteed}");
    assertThat(cluster.failure(of).kind()).isEqualTo(Kind.OOM_KILLED);
  }

  @Test
  void anAdmissionThatRefusesThePod() {
    cluster.assumeSince(25, "judges pods by the labels of their namespace");
    cluster
        .client
        .namespaces()
        .withName(cluster.namespace)
        .edit(
            namespace -> {
              namespace
                  .getMetadata()
                  .getLabels()
                  .put("pod-security.kubernetes.io/enforce", "restricted");
              return namespace;
            });
    Observation answer = cluster.launch(cluster.shell("fit", "true", POD, 0));
    assertThat(answer).isInstanceOf(Observation.Rejected.class);
    assertThat(((Observation.Rejected) answer).message()).contains("violates PodSecurity");
  }

  @Test
  void aDeadline() throws Exception {
    cluster.watching();
    AttemptId of = cluster.launch("fit", "exec sleep 600", "kubernetes: {activeDeadline: 2s}");
    assertThat(cluster.failure(of).kind()).isEqualTo(Kind.TIMEOUT);
  }

  @Test
  void anImageThatIsMissing() throws Exception {
    cluster.watching(Duration.ofSeconds(3), Duration.ofMinutes(5), Duration.ofMinutes(5));
    Order.Launch order =
        cluster.order(
            "run-1/fit/0",
            "{name: fit, container: {image: 'local/missing:1'}, kubernetes: {imagePullPolicy: Never}}",
            0);
    cluster.launch(order);
    assertThat(cluster.failure(order.of()).kind()).isEqualTo(Kind.IMAGE_PULL);
    assertThat(cluster.seen(order.of())).hasAtLeastOneElementOfType(Observation.Pending.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "kind: pod, "})
  void noNodeForIt(String kind) throws Exception {
    cluster.watching(Duration.ofMinutes(5), Duration.ofSeconds(2), Duration.ofMinutes(5));
    AttemptId of =
        cluster.launch("fit", "true", "kubernetes: {" + kind + "nodeSelector: {no: such}}");
    Cause cause = cluster.failure(of);
    assertThat(cause.kind()).isEqualTo(Kind.UNSCHEDULABLE);
    assertThat(cause.message()).contains("didn't match Pod's node affinity/selector");
  }

  @Test
  void aSecretThatIsMissing() throws Exception {
    cluster.watching(Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(2));
    AttemptId of = cluster.launch("fit", "true", "kubernetes: {secrets: [no-such]}");
    Cause cause = cluster.failure(of);
    assertThat(cause.kind()).isEqualTo(Kind.REJECTED);
    assertThat(cause.message()).contains("secret \"no-such\" not found");
  }

  @Test
  void aServiceAccountThatIsMissing() throws Exception {
    cluster.watching(Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(2));
    AttemptId of = cluster.launch("fit", "true", "kubernetes: {serviceAccount: no-such}");
    assertThat(cluster.failure(of).message()).contains("serviceaccount \"no-such\" not found");
  }

  @Test
  void aQuotaThatHasNoRoomForThePod() throws Exception {
    cluster.noRoomForPods();
    assertThat(cluster.launch(cluster.shell("a", "true", POD, 0)))
        .isInstanceOf(Observation.Deferred.class);
    cluster.watching();
    AttemptId of = cluster.launch("b", "true", JOB);
    Observation pending = cluster.await(Observation.Pending.class::isInstance);
    assertThat(((Observation.Pending) pending).message()).contains("exceeded quota");
    cluster.client.resourceQuotas().inNamespace(cluster.namespace).withName("none").delete();
    assertThat(cluster.end(of)).isInstanceOf(Observation.Succeeded.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {JOB, POD})
  void whatIsCancelledWhileItRuns(String kind) throws Exception {
    cluster.watching();
    Order.Launch order = cluster.shell("fit", "exec sleep 600", kind, 0);
    cluster.launch(order);
    cluster.await(Observation.Running.class::isInstance);
    cluster.cancel(order, ENOUGH);
    cluster.cancel(order, ENOUGH);
    assertThat(cluster.failure(order.of())).isEqualTo(ENOUGH);
    assertThat(cluster.launch(order)).isInstanceOf(Observation.Launched.class);
    assertThat(cluster.pods(order.of()))
        .allSatisfy(pod -> assertThat(pod.getMetadata().getDeletionTimestamp()).isNotNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {JOB, POD})
  void whatIsCancelledBeforeItIsLaunchedNeverStarts(String kind) throws Exception {
    cluster.watching();
    Order.Launch order = cluster.shell("fit", "true", kind, 0);
    cluster.cancel(order, ENOUGH);
    assertThat(cluster.failure(order.of())).isEqualTo(ENOUGH);
    assertThat(cluster.launch(order)).isInstanceOf(Observation.Launched.class);
    assertThat(cluster.seen(order.of())).hasSize(1);
  }

  @Test
  void whatHasEndedByItselfIsNotCancelled() throws Exception {
    Order.Launch order = cluster.shell("fit", "true", JOB, 0);
    cluster.launch(order);
    cluster
        .client
        .batch()
        .v1()
        .jobs()
        .inNamespace(cluster.namespace)
        .waitUntilCondition(
            job -> job.getStatus() != null && job.getStatus().getSucceeded() != null,
            60,
            java.util.concurrent.TimeUnit.SECONDS);
    cluster.cancel(order, ENOUGH);
    cluster.watching();
    assertThat(cluster.end(order.of()))
        .isEqualTo(new Observation.Succeeded(order.of(), Outcome.SUCCESS));
  }

  @ParameterizedTest
  @ValueSource(strings = {JOB, POD})
  void aPodThatIsDrained(String kind) throws Exception {
    cluster.watching();
    AttemptId of = cluster.launch("fit", "exec sleep 600", kind);
    cluster.await(Observation.Running.class::isInstance);
    String pod = cluster.pods(of).getFirst().getMetadata().getName();
    cluster.client.pods().inNamespace(cluster.namespace).withName(pod).evict();
    assertThat(cluster.failure(of).kind()).isEqualTo(Kind.EVICTED);
    assertThat(cluster.pods(of)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void whatADefinitionGetsWrongIsToldByTheServer() {
    cluster.assumeSince(27, "refuses fields that it does not know");
    Observation answer =
        cluster.launch(cluster.shell("fit", "true", "kubernetes: {tolerations: [{keyy: x}]}", 0));
    assertThat(answer).isInstanceOf(Observation.Rejected.class);
    assertThat(((Observation.Rejected) answer).message()).contains("unknown field");
    Observation other =
        cluster.launch(cluster.shell("fit", "true", "kubernetes: {labels: {a: 'b c'}}", 0));
    assertThat(((Observation.Rejected) other).message()).contains("a valid label must be");
  }

  @Test
  void kubectlSelectsByLabels() throws Exception {
    cluster.watching();
    AttemptId of = cluster.launch("fit", "true", JOB);
    cluster.end(of);
    for (String label :
        List.of(
            "app.kubernetes.io/part-of=metaflow",
            "metaflow/flow_name=weather",
            "metaflow/run_id=run-1",
            "metaflow/step_name=fit",
            "metaflow/task_id=fit",
            "metaflow/attempt=0")) {
      assertThat(
              cluster
                  .client
                  .batch()
                  .v1()
                  .jobs()
                  .inNamespace(cluster.namespace)
                  .withLabelSelector(label)
                  .list()
                  .getItems())
          .as(label)
          .hasSize(1);
    }
  }
}
