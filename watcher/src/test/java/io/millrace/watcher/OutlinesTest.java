package io.millrace.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What stays in memory of the cluster's objects. */
class OutlinesTest {
  private static Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("jobs")
        .withName("one")
        .withResourceVersion("7")
        .addToLabels("a", "b")
        .addToAnnotations("c", "d")
        .addToFinalizers("e")
        .addNewManagedField()
        .withManager("kubelet")
        .endManagedField()
        .endMetadata()
        .withNewSpec()
        .withNodeName("node")
        .addNewSchedulingGate("gate")
        .addNewContainer()
        .withName("main")
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .addNewCondition()
        .withType("Ready")
        .endCondition()
        .endStatus()
        .build();
  }

  @Test
  void aPodKeepsWhoseItIsWhereAndHowItIsDoing() {
    var store = new Outlines<Pod>();
    store.put("jobs/one", pod());
    Pod kept = store.get("jobs/one");
    assertThat(store.getKey(kept)).isEqualTo("jobs/one");
    assertThat(kept.getMetadata().getManagedFields()).isNull();
    assertThat(kept.getSpec().getContainers()).isEmpty();
    Pod whole = pod();
    whole.getMetadata().setManagedFields(null);
    assertThat(kept.getMetadata()).isEqualTo(whole.getMetadata());
    assertThat(kept.getSpec().getNodeName()).isEqualTo("node");
    assertThat(kept.getSpec().getSchedulingGates()).isEqualTo(whole.getSpec().getSchedulingGates());
    assertThat(kept.getStatus()).isEqualTo(whole.getStatus());
  }

  @Test
  void jobsAndJobSetsKeepTheirStatus() {
    Job job =
        new JobBuilder()
            .withNewMetadata()
            .withName("one")
            .endMetadata()
            .withNewSpec()
            .withSuspend(true)
            .endSpec()
            .withNewStatus()
            .withActive(1)
            .endStatus()
            .build();
    assertThat(Outlines.outline(job).getSpec()).isNull();
    assertThat(job.getStatus().getActive()).isEqualTo(1);
    var jobSet = new GenericKubernetesResource();
    jobSet.setMetadata(job.getMetadata());
    jobSet.setAdditionalProperties(
        new HashMap<>(Map.of("spec", Map.of("suspend", true), "status", Map.of("restarts", 0))));
    assertThat(Outlines.outline(jobSet).getAdditionalProperties()).containsOnlyKeys("status");
  }

  @Test
  void aPodThatHasNoSpecStaysAsItIs() {
    Pod pod = pod();
    pod.setSpec(null);
    assertThat(Outlines.outline(pod).getSpec()).isNull();
  }
}
