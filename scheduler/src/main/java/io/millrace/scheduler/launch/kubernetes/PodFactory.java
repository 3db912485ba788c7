package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.millrace.watcher.Marks;
import java.time.Instant;
import java.util.List;

/**
 * An attempt as a bare pod. A finalizer holds it, and so its name, when a drain deletes it, until
 * its end is known.
 */
final class PodFactory {
  private final PodTemplate template;
  private final JobFactory jobs;

  PodFactory(PodTemplate template, JobFactory jobs) {
    this.template = template;
    this.jobs = jobs;
  }

  /**
   * @throws RefusedOrderException when the step asks for what cannot be
   */
  Pod of(Plan plan, Instant now) {
    PodTemplateSpec pod = template.of(plan, List.of());
    return new PodBuilder()
        .withMetadata(template.metadata(plan))
        .editMetadata()
        .addToFinalizers(Marks.OBSERVED)
        .addToAnnotations(Marks.TTL, Long.toString(jobs.keptFor(plan, now).toSeconds()))
        .endMetadata()
        .withSpec(pod.getSpec())
        .build();
  }
}
