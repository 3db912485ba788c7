package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.ScalableResource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.millrace.events.RunId;
import io.millrace.watcher.Members;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Plays the Job controller and the kubelet of a Kubernetes before 1.22 on an API server that has
 * neither. The controller keeps as many pods as a Job's parallelism says, until one has succeeded;
 * it knows no suspended Jobs, makes another pod in place of one that is gone, and writes no {@code
 * uncountedTerminatedPods}. What becomes of a pod is for the test to say.
 */
final class OldKubernetes implements AutoCloseable {
  private static final String OF_JOB = "job-name";
  private static final String NODE = "node-1";
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final String namespace;

  /** The controller does one thing after the other. */
  private final ExecutorService controller = Executors.newSingleThreadExecutor();

  /** What the controller has heard of each Job, by name. */
  private final Map<String, Job> heard = new HashMap<>();

  private final SharedIndexInformer<Job> jobs;
  private final SharedIndexInformer<Pod> pods;

  /** How many pods the controller has made; a part of their names. */
  private int made;

  OldKubernetes(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
    jobs = client.batch().v1().jobs().inNamespace(namespace).inform(new Told<>(this::hear));
    pods =
        client
            .pods()
            .inNamespace(namespace)
            .inform(new Told<>(pod -> sync(pod.getMetadata().getLabels().get(OF_JOB))));
  }

  /** Hands what has changed to the controller. */
  private final class Told<T> implements ResourceEventHandler<T> {
    private final Consumer<T> changed;

    Told(Consumer<T> changed) {
      this.changed = changed;
    }

    @Override
    public void onAdd(T object) {
      controller.execute(() -> changed.accept(object));
    }

    @Override
    public void onUpdate(T before, T object) {
      onAdd(object);
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
      onAdd(object);
    }
  }

  private void hear(Job job) {
    heard.put(job.getMetadata().getName(), job);
    sync(job.getMetadata().getName());
  }

  /** Makes a pod where one is missing, or deletes what is too much. */
  private void sync(String name) {
    Job job = heard.get(name);
    if (job == null) {
      return;
    }
    List<Pod> all = client.pods().inNamespace(namespace).withLabel(OF_JOB, name).list().getItems();
    List<Pod> active = all.stream().filter(pod -> !Members.isOver(pod)).toList();
    boolean over = all.size() > active.size();
    int wanted = over ? 0 : job.getSpec().getParallelism();
    if (active.size() < wanted) {
      make(job);
    } else if (active.size() > wanted) {
      active.forEach(pod -> client.resource(pod).delete());
    }
    write(job, wanted, over);
  }

  /** A pod that has a node already: no scheduler is played. */
  private void make(Job job) {
    PodTemplateSpec template = job.getSpec().getTemplate();
    made++;
    client
        .resource(
            new PodBuilder()
                .withMetadata(template.getMetadata())
                .editOrNewMetadata()
                .withName(job.getMetadata().getName() + "-" + made)
                .withNamespace(namespace)
                .addToLabels(OF_JOB, job.getMetadata().getName())
                .endMetadata()
                .withSpec(template.getSpec())
                .editSpec()
                .withNodeName(NODE)
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus()
                .build())
        .create();
  }

  /** A count of zero is left out, as the server leaves it out. */
  private void write(Job job, int active, boolean over) {
    var status =
        new JobStatusBuilder()
            .withStartTime(job.getMetadata().getCreationTimestamp())
            .withActive(active == 0 ? null : active);
    if (over) {
      status
          .withSucceeded(1)
          .addNewCondition()
          .withType("Complete")
          .withStatus("True")
          .endCondition();
    }
    if (status.build().equals(job.getStatus())) {
      return;
    }
    try {
      client
          .batch()
          .v1()
          .jobs()
          .inNamespace(namespace)
          .withName(job.getMetadata().getName())
          .editStatus(there -> new JobBuilder(there).withStatus(status.build()).build());
    } catch (KubernetesClientException failure) {
      // Whoever was quicker has changed the Job: that is heard of, and written for, in a moment.
      if (failure.getCode() != CONFLICT) {
        throw failure;
      }
    }
  }

  /** Waits for a pod of an attempt that has not come to its end. */
  Pod pod(RunId run, String step, int attempt) {
    List<Pod> found =
        await(
            podsOf(run, step, attempt)
                .informOnCondition(there -> there.stream().anyMatch(pod -> !Members.isOver(pod))));
    return found.stream().filter(pod -> !Members.isOver(pod)).findFirst().orElseThrow();
  }

  /** The pods of an attempt that the server has now. */
  List<Pod> pods(RunId run, String step, int attempt) {
    return podsOf(run, step, attempt).list().getItems();
  }

  private FilterWatchListDeletable<Pod, PodList, PodResource> podsOf(
      RunId run, String step, int attempt) {
    return client.pods().inNamespace(namespace).withLabels(labels(run, step, attempt));
  }

  /** The Jobs of an attempt that the server has now. */
  List<Job> jobs(RunId run, String step, int attempt) {
    return jobsOf(run, step, attempt).list().getItems();
  }

  private FilterWatchListDeletable<Job, JobList, ScalableResource<Job>> jobsOf(
      RunId run, String step, int attempt) {
    return client.batch().v1().jobs().inNamespace(namespace).withLabels(labels(run, step, attempt));
  }

  private static Map<String, String> labels(RunId run, String step, int attempt) {
    return Map.of(
        "metaflow/run_id", Labels.value(run.value()),
        "metaflow/step_name", Labels.value(step),
        "metaflow/attempt", Integer.toString(attempt));
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(FollowedRun.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  /** The kubelet has started the step's container. */
  void starts(Pod pod) {
    String now = Instant.now().toString();
    write(
        pod,
        new PodStatusBuilder()
            .withPhase("Running")
            .withStartTime(now)
            .addNewContainerStatus()
            .withName(container(pod))
            .withNewState()
            .withNewRunning(now)
            .endState()
            .endContainerStatus()
            .build());
  }

  /** The step's container has ended with 0. */
  void succeeds(Pod pod) {
    String now = Instant.now().toString();
    write(
        pod,
        new PodStatusBuilder()
            .withPhase("Succeeded")
            .addNewContainerStatus()
            .withName(container(pod))
            .withNewState()
            .withNewTerminated()
            .withExitCode(0)
            .withReason("Completed")
            .withFinishedAt(now)
            .endTerminated()
            .endState()
            .endContainerStatus()
            .build());
  }

  private static String container(Pod pod) {
    return pod.getSpec().getContainers().getFirst().getName();
  }

  private void write(Pod pod, PodStatus status) {
    client
        .pods()
        .inNamespace(namespace)
        .withName(pod.getMetadata().getName())
        .editStatus(there -> new PodBuilder(there).withStatus(status).build());
  }

  /**
   * Somebody deletes a pod that runs, and without a grace period it is gone at once. The controller
   * hears of that before it hears anything else, and makes another.
   */
  void replace(Pod pod) {
    controller.execute(
        () -> {
          client.resource(pod).withGracePeriod(0).delete();
          make(heard.get(pod.getMetadata().getLabels().get(OF_JOB)));
        });
  }

  /**
   * As {@link #replace}, where the pod's Job is stopped before the other pod is made, and the
   * controller hears of that only after it.
   *
   * @return to be completed when the controller may hear of it
   */
  CompletableFuture<Void> replaceLate(Pod pod) {
    String name = pod.getMetadata().getLabels().get(OF_JOB);
    var hears = new CompletableFuture<Void>();
    controller.execute(
        () -> {
          Job known = heard.get(name);
          client.resource(pod).withGracePeriod(0).delete();
          await(
              client
                  .batch()
                  .v1()
                  .jobs()
                  .inNamespace(namespace)
                  .withName(name)
                  .informOnCondition(
                      there ->
                          there.stream().anyMatch(job -> job.getSpec().getParallelism() == 0)));
          make(known);
          await(hears);
        });
    return hears;
  }

  /** Completes when an attempt has a Job. */
  CompletableFuture<List<Job>> launched(RunId run, String step, int attempt) {
    return jobsOf(run, step, attempt).informOnCondition(there -> !there.isEmpty());
  }

  @Override
  public void close() {
    jobs.close();
    pods.close();
    controller.close();
  }
}
