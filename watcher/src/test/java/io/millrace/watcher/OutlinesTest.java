package io.millrace.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.HashMap;
import java.util.List;
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
        .addToLabels(Marks.OBJECT, "one")
        .addToLabels("for", "people")
        .addToAnnotations(Marks.TTL, "60")
        .addToAnnotations("for", "people")
        .addToFinalizers("e")
        .addNewManagedField()
        .withManager("kubelet")
        .endManagedField()
        .endMetadata()
        .withNewSpec()
        .withNodeName("node")
        .addNewContainer()
        .withName("main")
        .endContainer()
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .addNewCondition()
        .withType("Ready")
        .endCondition()
        .addNewContainerStatus()
        .withName("main")
        .withImage("busybox")
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .endContainerStatus()
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
    assertThat(kept.getMetadata().getResourceVersion()).isEqualTo("7");
    assertThat(kept.getMetadata().getFinalizers()).containsExactly("e");
    assertThat(kept.getMetadata().getLabels()).isEqualTo(Map.of(Marks.OBJECT, "one"));
    assertThat(kept.getMetadata().getAnnotations()).isEqualTo(Map.of(Marks.TTL, "60"));
    assertThat(kept.getSpec().getNodeName()).isEqualTo("node");
    assertThat(kept.getStatus().getPhase()).isEqualTo("Running");
    assertThat(kept.getStatus().getConditions()).isEqualTo(pod().getStatus().getConditions());
    ContainerStatus main = kept.getStatus().getContainerStatuses().getFirst();
    assertThat(main.getState().getRunning()).isNotNull();
    assertThat(main.getImage()).isNull();
  }

  /** What verdicts and the sweeper decide by is in the outline. */
  @Test
  void verdictsAreThoseOfTheWholePod() {
    for (Pod pod :
        List.of(
            Pods.ended(0, "Completed", ""),
            Pods.ended(137, "OOMKilled", "too much"),
            Pods.pod(
                "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable}]}"))) {
      Seen whole = PodVerdict.of(pod);
      assertThat(PodVerdict.of(Outlines.outline(pod))).isEqualTo(whole);
    }
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
