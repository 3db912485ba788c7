package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobTemplateSpecBuilder;
import io.millrace.watcher.Marks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A gang as a JobSet: one control and the workers. All members must succeed: were the control alone
 * to decide, the JobSet controller would end workers that have not stored yet what the join reads.
 */
final class JobSetFactory {
  /** Counts all members of a JobSet, the control being 0. */
  private static final String GLOBAL_INDEX =
      "metadata.annotations['jobset.sigs.k8s.io/job-global-index']";

  private final PodTemplate template;
  private final JobFactory jobs;
  private final String clusterDomain;

  JobSetFactory(PodTemplate template, JobFactory jobs, String clusterDomain) {
    this.template = template;
    this.jobs = jobs;
    this.clusterDomain = clusterDomain;
  }

  /**
   * @throws RefusedOrderException when the step asks for what cannot be
   */
  GenericKubernetesResource of(Plan plan, Instant now) {
    var groups = new ArrayList<Map<String, Object>>();
    groups.add(group(plan, Marks.CONTROL, 1));
    if (plan.members() > 1) {
      groups.add(group(plan, Marks.WORKER, plan.members() - 1));
    }
    var spec = new LinkedHashMap<String, Object>();
    spec.put("network", Map.of("enableDNSHostnames", true, "publishNotReadyAddresses", true));
    spec.put("successPolicy", Map.of("operator", "All"));
    spec.put("failurePolicy", Map.of("maxRestarts", 0));
    spec.put("ttlSecondsAfterFinished", (int) jobs.keptFor(plan, now).toSeconds());
    spec.put("suspend", false);
    spec.put("replicatedJobs", groups);
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(Marks.JOBSET_GROUP + "/" + Marks.JOBSET_VERSION)
        .withKind("JobSet")
        .withMetadata(template.metadata(plan))
        .addToAdditionalProperties("spec", spec)
        .build();
  }

  private Map<String, Object> group(Plan plan, String role, int replicas) {
    PodTemplateSpec pod = template.of(plan, variables(plan, role));
    var job =
        new JobTemplateSpecBuilder()
            .withNewMetadata()
            .withLabels(template.labels(plan))
            .withAnnotations(template.annotations(plan))
            .endMetadata()
            .withSpec(JobFactory.spec(pod))
            .build();
    var group = new LinkedHashMap<String, Object>();
    group.put("name", role);
    group.put("replicas", replicas);
    group.put("template", ForeignJson.tree(job));
    return group;
  }

  /** Where the members find each other, in Millrace's words and in Metaflow's. */
  private List<EnvVar> variables(Plan plan, String role) {
    String address =
        "%s-%s-0-0.%s.%s.svc.%s"
            .formatted(plan.name(), Marks.CONTROL, plan.name(), plan.namespace(), clusterDomain);
    String members = Integer.toString(plan.members());
    String task = plan.order().of().task().toString();
    boolean control = role.equals(Marks.CONTROL);
    var all = new ArrayList<EnvVar>();
    all.add(PodEnvironment.fromField("MILLRACE_NODE_INDEX", GLOBAL_INDEX));
    all.add(PodEnvironment.variable("MILLRACE_NUM_NODES", members));
    all.add(PodEnvironment.variable("MILLRACE_MAIN_ADDRESS", address));
    template.portNumbers(plan.asked()).stream()
        .findFirst()
        .ifPresent(
            port -> {
              all.add(PodEnvironment.variable("MILLRACE_MAIN_PORT", port.toString()));
              all.add(PodEnvironment.variable("MF_MASTER_PORT", port.toString()));
            });
    all.add(PodEnvironment.variable("MF_MASTER_ADDR", address));
    all.add(PodEnvironment.variable("MF_WORLD_SIZE", members));
    all.add(PodEnvironment.variable("MF_PARALLEL_CONTROL_TASK_ID", task));
    all.add(PodEnvironment.variable("UBF_CONTEXT", control ? "ubf_control" : "ubf_task"));
    all.add(PodEnvironment.variable("METAFLOW_KUBERNETES_JOBSET_NAME", plan.name()));
    all.add(
        PodEnvironment.fromField(
            "JOBSET_RESTART_ATTEMPT",
            "metadata.annotations['jobset.sigs.k8s.io/restart-attempt']"));
    if (control) {
      all.add(PodEnvironment.variable("MF_CONTROL_INDEX", "0"));
    } else {
      all.add(
          PodEnvironment.fromField(
              "MF_WORKER_REPLICA_INDEX", "metadata.annotations['" + Marks.JOB_INDEX + "']"));
    }
    return all;
  }
}
