package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.millrace.events.RunId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flows on real pods: the packaged scheduler in all its roles, on a real cluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlowClusterIT {
  private static final String TALKS =
      """
      name: talks
      parameters: {seconds: {type: integer, default: 0}}
      steps:
        - name: start
          container: {command: [sh, -c, 'echo one; echo two >&2; sleep $MILLRACE_PARAM_SECONDS; echo three']}
          kubernetes:
            podPatch: {containers: [{name: beside, image: 'local/busybox:1', command: [sh, -c, 'echo from beside']}]}
          next: {gang: work, size: 3}
        - name: work
          container: {command: [sh, -c, 'echo member $MILLRACE_NODE_INDEX of $MILLRACE_NUM_NODES']}
          next: end
        - {name: end, join: true, container: {command: [sh, -c, 'echo $MILLRACE_INPUTS']}}
      """;

  private Path folder;
  private Namespace namespace;
  private Installation installation;
  private Starts starts;

  @BeforeAll
  void install(@TempDir Path data) {
    folder = data;
    namespace = new Namespace();
    installation = new Installation(folder);
    // Each attempt notes its start in a file of this machine.
    installation.start("one", namespace.settings("millrace.policy.host-paths=" + folder));
    deploy(TALKS);
  }

  @AfterAll
  void remove() {
    installation.close();
    namespace.close();
  }

  private void deploy(String flow) {
    var answer = installation.post("one", "/api/v1/flows", flow);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  private String end(RunId run) {
    return await(installation.events().end(run));
  }

  @ParameterizedTest
  @ValueSource(strings = {"job", "pod"})
  void eachAttemptOfASplitAForeachAndARetryIsStartedOnce(String kind) throws Exception {
    starts = Starts.inPods(folder, kind);
    deploy(starts.flow("shapes-" + kind, 3, 0));

    RunId run = installation.publish("shapes-" + kind, "shapes-" + kind, Map.of());

    assertThat(end(run)).as(installation.said()).isEqualTo("succeeded");
    starts.assertEachOnce(run, 3);
    if (kind.equals("job")) {
      String ofRun = "app.kubernetes.io/part-of=metaflow,metaflow/run_id=" + run;
      assertThat(namespace.jobs(ofRun)).hasSize(9);
      assertThat(namespace.jobs("metaflow/flow_name=shapes-job")).hasSize(9);
    }
    Audit.assertClean(installation.brokers());
  }

  @Test
  void linesAreFollowedWhileTheyAreWrittenAndKeptWhenThePodsAreGone() throws Exception {
    namespace.assumeJobSets();
    RunId run =
        installation.publish(
            "logs",
            "talks",
            Map.of("seconds", com.fasterxml.jackson.databind.node.IntNode.valueOf(5)));
    await(installation.events().event("task.running", run + "/start/0"));
    String logs = "/api/v1/runs/" + run + "/tasks/%s/attempts/0/logs";

    try (var following =
        new LineStream(installation.api("one") + logs.formatted("start") + "?follow=true")) {
      assertThat(following.awaitData("two")).isTrue();
      assertThat(following.data("stdout")).doesNotContain("three");
      assertThat(following.awaitEnd()).isTrue();
      assertThat(following.data("stdout")).containsExactlyInAnyOrder("one", "two", "three");
      assertThat(following.data("stdout").getLast()).isEqualTo("three");
      assertThat(following.data("beside")).containsExactly("from beside");
    }
    assertThat(end(run)).as(installation.said()).isEqualTo("succeeded");
    String work = installation.get("one", logs.formatted("work")).body();
    assertThat(work).contains("member 0 of 3", "member 1 of 3", "member 2 of 3", "\"member\":2");

    removeEverything(run);

    assertThat(installation.get("one", logs.formatted("start")).body())
        .contains("one", "two", "three", "from beside");
    assertThat(installation.get("one", logs.formatted("work")).body()).contains("member 2 of 3");
    assertThat(installation.get("one", "/api/v1/runs/" + run + "/logs").body())
        .contains("\"task\":\"start\"", "\"task\":\"work", "\"task\":\"end\"");
  }

  /** As a TTL does it, after the watcher has had its time. */
  private void removeEverything(RunId run) throws Exception {
    String ofRun = "metaflow/run_id=" + run;
    var client = namespace.client();
    for (String task : List.of("start", "work", "end")) {
      Appearance.await(
          folder.resolve("objects/millrace/millrace/logs/%s/%s/0/index.json".formatted(run, task)));
    }
    client
        .genericKubernetesResources("jobset.x-k8s.io/v1alpha2", "JobSet")
        .inNamespace(namespace.name())
        .withLabelSelector(ofRun)
        .withPropagationPolicy(DeletionPropagation.FOREGROUND)
        .delete();
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace.name())
        .withLabelSelector(ofRun)
        .withPropagationPolicy(DeletionPropagation.FOREGROUND)
        .delete();
    client
        .pods()
        .inNamespace(namespace.name())
        .withLabelSelector(ofRun)
        .informOnCondition(List::isEmpty)
        .orTimeout(Installation.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  @Test
  void aCancelStopsThePodsAndLeavesTheJob() throws Exception {
    RunId run =
        installation.publish(
            "cancel",
            "talks",
            Map.of("seconds", com.fasterxml.jackson.databind.node.IntNode.valueOf(600)));
    await(installation.events().event("task.running", run + "/start/0"));

    installation.post("one", "/api/v1/runs/" + run + "/cancel", "{}");

    assertThat(end(run)).isEqualTo("cancelled");
    assertThat(namespace.pods("metaflow/run_id=" + run))
        .allSatisfy(pod -> assertThat(pod.getMetadata().getDeletionTimestamp()).isNotNull());
    List<Job> jobs = namespace.jobs("metaflow/run_id=" + run);
    assertThat(jobs).hasSize(1);
    assertThat(jobs.getFirst().getSpec().getParallelism()).isZero();
  }
}
