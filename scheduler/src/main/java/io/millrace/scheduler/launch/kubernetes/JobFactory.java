package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** An attempt as a Job, which never replaces a pod: retries are the engine's. */
final class JobFactory {
  private static final Duration MARGIN = Duration.ofHours(1);

  private final PodTemplate template;
  private final Duration ttl;

  /**
   * @param ttl how long Jobs are kept after their end, where the step does not say
   */
  JobFactory(PodTemplate template, Duration ttl) {
    this.template = template;
    this.ttl = ttl;
  }

  /**
   * @throws RefusedOrderException when the step asks for what cannot be
   */
  Job of(Plan plan, Instant now) {
    JobSpec spec = spec(template.of(plan, List.<EnvVar>of()));
    spec.setTtlSecondsAfterFinished((int) keptFor(plan, now).toSeconds());
    return new JobBuilder().withMetadata(template.metadata(plan)).withSpec(spec).build();
  }

  /** One pod, once. */
  static JobSpec spec(PodTemplateSpec pod) {
    return new JobSpecBuilder()
        .withBackoffLimit(0)
        .withCompletions(1)
        .withParallelism(1)
        .withTemplate(pod)
        .build();
  }

  /**
   * How long an object is kept after its end: longer than the name must be taken, for as long as a
   * copy of the order may still be under way.
   */
  Duration keptFor(Plan plan, Instant now) {
    Duration asked = PodTemplate.or(plan.asked().ttl(), ttl);
    Instant notAfter = plan.order().notAfter();
    Duration least =
        notAfter == null || notAfter.isBefore(now)
            ? MARGIN
            : Duration.between(now, notAfter).plus(MARGIN);
    Duration longest = Duration.ofSeconds(Integer.MAX_VALUE);
    Duration kept = asked.compareTo(least) < 0 ? least : asked;
    return kept.compareTo(longest) > 0 ? longest : kept;
  }
}
