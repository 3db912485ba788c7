package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;

/**
 * Keeps of each object what a watcher looks at: whose it is and how it is doing, and little of what
 * it was asked to be. That is most of an object, and finished ones are there for days.
 */
final class Outlines<T extends HasMetadata> extends BasicItemStore<T> {
  Outlines() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public T put(String key, T object) {
    return super.put(key, outline(object));
  }

  /** The same object with less in it. */
  static <T extends HasMetadata> T outline(T object) {
    object.getMetadata().setManagedFields(null);
    switch (object) {
      case Pod pod -> pod.setSpec(outline(pod.getSpec()));
      case Job job -> job.setSpec(null);
      case GenericKubernetesResource other -> other.getAdditionalProperties().remove("spec");
      default -> {}
    }
    return object;
  }

  private static PodSpec outline(PodSpec spec) {
    return spec == null
        ? null
        : new PodSpecBuilder()
            .withNodeName(spec.getNodeName())
            .withSchedulingGates(spec.getSchedulingGates())
            .build();
  }
}
