package io.millrace.it;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Listable;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A namespace of a test's own, on the cluster that KUBECONFIG names. */
public final class Namespace implements AutoCloseable {
  /** Has a shell; the cluster has it or can pull it. */
  static final String IMAGE =
      System.getenv().getOrDefault("MILLRACE_TEST_IMAGE", "local/busybox:1");

  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  /** By this a pod is held until its end is known. */
  private static final String HELD = "millrace.io/observed";

  private static final int AT_ONCE = 16;

  private final String name = "millrace-it-" + UUID.randomUUID().toString().substring(0, 8);
  private final KubernetesClient client = new KubernetesClientBuilder().build();

  public Namespace() {
    client
        .namespaces()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
  }

  /** Leaves a test with gangs out where the cluster has no JobSets. */
  void assumeJobSets() {
    assumeThat(client.getApiResources("jobset.x-k8s.io/v1alpha2"))
        .as("JobSets, which this cluster does not have")
        .isNotNull();
  }

  public String name() {
    return name;
  }

  public KubernetesClient client() {
    return client;
  }

  /** Has a scheduler run its steps here. */
  public String[] settings(String... more) {
    var settings =
        new ArrayList<>(
            List.of(
                "millrace.executor=kubernetes",
                "millrace.kubernetes.namespace=" + name,
                "millrace.kubernetes.image=" + IMAGE));
    settings.addAll(List.of(more));
    return settings.toArray(String[]::new);
  }

  /** The Jobs that {@code kubectl get jobs -l …} would list. */
  public List<Job> jobs(String selector) {
    return selectJobs(selector).list().getItems();
  }

  public List<Pod> pods(String selector) {
    return selectPods(selector).list().getItems();
  }

  /** One of the pods that {@link #pods} would list, which may be very many. */
  public Pod onePod(String selector) {
    return selectPods(selector).list(page(1, null)).getItems().getFirst();
  }

  /** One of the Jobs that {@link #jobs} would list. */
  public Job oneJob(String selector) {
    return selectJobs(selector).list(page(1, null)).getItems().getFirst();
  }

  private Listable<JobList> selectJobs(String selector) {
    return client.batch().v1().jobs().inNamespace(name).withLabelSelector(selector);
  }

  private Listable<PodList> selectPods(String selector) {
    return client.pods().inNamespace(name).withLabelSelector(selector);
  }

  private static ListOptions page(long size, String from) {
    return new ListOptionsBuilder().withLimit(size).withContinue(from).build();
  }

  /** Removes the namespace with all that is in it, without waiting for that. */
  @Override
  public void close() {
    try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
      String next = null;
      do {
        PodList pods = client.pods().inNamespace(name).list(page(500, next));
        for (Pod pod : pods.getItems()) {
          if (pod.getMetadata().getFinalizers().contains(HELD)) {
            workers.execute(
                () -> client.resource(pod).patch(MERGE, "{\"metadata\":{\"finalizers\":null}}"));
          }
        }
        next = pods.getMetadata().getContinue();
      } while (next != null && !next.isEmpty());
    }
    client.namespaces().withName(name).delete();
    client.close();
  }
}
