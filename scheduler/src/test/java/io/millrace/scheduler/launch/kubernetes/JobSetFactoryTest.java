package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A gang of control and workers that can find each other. */
class JobSetFactoryTest {
  private static final Objects OBJECTS = Steps.objects();

  private static JsonNode jobSet(int gang) {
    Plan plan =
        OBJECTS.plan(
            Steps.order(
                Steps.IMAGE + ", kubernetes: {ports: [2222], namespace: team}}", gang, Map.of()));
    return ForeignJson.tree(OBJECTS.of(plan, Steps.NOW));
  }

  private static Map<String, String> environment(JsonNode group) {
    var variables = new TreeMap<String, String>();
    for (JsonNode variable : group.at("/template/spec/template/spec/containers/0/env")) {
      variables.put(
          variable.get("name").asText(),
          variable.has("value")
              ? variable.get("value").asText()
              : variable.at("/valueFrom/fieldRef/fieldPath").asText());
    }
    return variables;
  }

  @Test
  void allMembersMustSucceedAndNoneIsStartedAgain() {
    JsonNode jobSet = jobSet(4);
    assertThat(jobSet.get("apiVersion").asText()).isEqualTo("jobset.x-k8s.io/v1alpha2");
    assertThat(jobSet.at("/spec/successPolicy").toString()).isEqualTo("{\"operator\":\"All\"}");
    assertThat(jobSet.at("/spec/failurePolicy/maxRestarts").asInt(-1)).isZero();
    assertThat(jobSet.at("/spec/network/enableDNSHostnames").asBoolean()).isTrue();
    assertThat(jobSet.at("/spec/ttlSecondsAfterFinished").asInt()).isEqualTo(7 * 24 * 3600);
    assertThat(jobSet.at("/spec/replicatedJobs")).hasSize(2);
    for (JsonNode group : jobSet.at("/spec/replicatedJobs")) {
      assertThat(group.at("/template/spec/backoffLimit").asInt(-1)).isZero();
      assertThat(group.at("/template/metadata/labels/millrace.io~1object"))
          .isEqualTo(jobSet.at("/metadata/name"));
    }
    assertThat(jobSet.at("/spec/replicatedJobs/0/replicas").asInt()).isOne();
    assertThat(jobSet.at("/spec/replicatedJobs/1/replicas").asInt()).isEqualTo(3);
  }

  @Test
  void membersKnowTheirNumberAndTheMainOnesAddress() {
    JsonNode jobSet = jobSet(3);
    String name = jobSet.at("/metadata/name").asText();
    String main = name + "-control-0-0." + name + ".team.svc.cluster.local";
    Map<String, String> control = environment(jobSet.at("/spec/replicatedJobs/0"));
    assertThat(control)
        .containsEntry(
            "MILLRACE_NODE_INDEX", "metadata.annotations['jobset.sigs.k8s.io/job-global-index']")
        .containsEntry("MILLRACE_NUM_NODES", "3")
        .containsEntry("MILLRACE_MAIN_ADDRESS", main)
        .containsEntry("MILLRACE_MAIN_PORT", "2222")
        .containsEntry("MF_MASTER_ADDR", main)
        .containsEntry("MF_MASTER_PORT", "2222")
        .containsEntry("MF_WORLD_SIZE", "3")
        .containsEntry("MF_PARALLEL_CONTROL_TASK_ID", "fit-3")
        .containsEntry("UBF_CONTEXT", "ubf_control")
        .containsEntry("MF_CONTROL_INDEX", "0")
        .containsEntry("METAFLOW_KUBERNETES_JOBSET_NAME", name);
    assertThat(environment(jobSet.at("/spec/replicatedJobs/1")))
        .containsEntry("UBF_CONTEXT", "ubf_task")
        .containsEntry(
            "MF_WORKER_REPLICA_INDEX", "metadata.annotations['jobset.sigs.k8s.io/job-index']")
        .doesNotContainKey("MF_CONTROL_INDEX");
  }
}
