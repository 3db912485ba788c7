package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.millrace.events.Order;
import io.millrace.scheduler.policy.Policy;
import java.time.Instant;
import java.util.Optional;

/**
 * Makes orders objects.
 *
 * @param config names the installation and what steps get that say nothing
 */
record Objects(KubernetesConfig config, JobFactory jobs, PodFactory pods, JobSetFactory jobSets) {

  /**
   * @param data the address below which tasks have their folders; empty where pods can reach none
   * @param policy what a pod must not have
   */
  static Objects of(KubernetesConfig config, Optional<String> data, Policy policy) {
    var environment = new PodEnvironment(config.env(), data);
    var template = new PodTemplate(config, Defaults.of(config), environment, policy);
    var jobs = new JobFactory(template, config.ttl());
    return new Objects(
        config,
        jobs,
        new PodFactory(template, jobs),
        new JobSetFactory(template, jobs, config.clusterDomain()));
  }

  /**
   * @throws RefusedOrderException when the step asks for what cannot be
   */
  Plan plan(Order.Launch order) {
    return Plan.of(order, config.installation(), config.namespace());
  }

  /**
   * @throws RefusedOrderException when the step asks for what cannot be
   */
  HasMetadata of(Plan plan, Instant now) {
    return switch (plan.kind()) {
      case JOB -> jobs.of(plan, now);
      case POD -> pods.of(plan, now);
      case JOBSET -> jobSets.of(plan, now);
    };
  }
}
