package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.millrace.events.flow.Kubernetes.Kind;
import io.millrace.watcher.Identity;
import io.millrace.watcher.Marks;
import io.millrace.watcher.Stop;
import java.util.List;
import java.util.Map;

/**
 * Objects that only hold a name: of attempts that were stopped before they were launched. Nothing
 * of them ever runs.
 */
final class Tombstones {
  /** Neither pulled nor run. */
  private static final String IMAGE = "millrace.invalid/tombstone";

  private Tombstones() {}

  static HasMetadata of(Identity identity, Kind kind, String namespace, Stop stop) {
    ObjectMeta metadata =
        new ObjectMetaBuilder()
            .withName(ObjectName.of(identity))
            .withNamespace(namespace)
            .withLabels(Labels.ofObject(identity, ObjectName.of(identity)))
            .withAnnotations(
                Map.of(
                    Marks.IDENTITY,
                    identity.toString(),
                    Marks.STOPPED,
                    stop.text(),
                    Marks.TOMBSTONE,
                    "true"))
            .build();
    return switch (kind) {
      case JOB -> job(metadata);
      case JOBSET ->
          new GenericKubernetesResourceBuilder()
              .withApiVersion(Marks.JOBSET_GROUP + "/" + Marks.JOBSET_VERSION)
              .withKind("JobSet")
              .withMetadata(metadata)
              .addToAdditionalProperties("spec", jobSet(metadata))
              .build();
      case POD ->
          new PodBuilder()
              .withMetadata(metadata)
              .editMetadata()
              .addToFinalizers(Marks.OBSERVED)
              .endMetadata()
              .withSpec(spec())
              .editSpec()
              // A gate keeps the scheduler away; before 1.27 the selector does, which no node has.
              .addNewSchedulingGate(Marks.TOMBSTONE)
              .addToNodeSelector(Marks.TOMBSTONE, "true")
              .endSpec()
              .build();
    };
  }

  private static Job job(ObjectMeta metadata) {
    return new JobBuilder()
        .withMetadata(metadata)
        .withSpec(JobFactory.spec(template()))
        .editSpec()
        .withSuspend(true)
        // What keeps servers before 1.22 from making a pod: they know no suspended Jobs.
        .withParallelism(0)
        .endSpec()
        .build();
  }

  private static Map<String, Object> jobSet(ObjectMeta metadata) {
    return Map.of(
        "suspend",
        true,
        "replicatedJobs",
        List.of(
            Map.of(
                "name",
                Marks.CONTROL,
                "replicas",
                1,
                "template",
                Map.of(
                    "metadata",
                    Map.of("labels", metadata.getLabels()),
                    "spec",
                    ForeignJson.tree(JobFactory.spec(template()))))));
  }

  private static PodTemplateSpec template() {
    return new PodTemplateSpecBuilder().withSpec(spec()).build();
  }

  private static PodSpec spec() {
    return new PodSpecBuilder()
        .withRestartPolicy("Never")
        .addNewContainer()
        .withName("tombstone")
        .withImage(IMAGE)
        .endContainer()
        .build();
  }
}
