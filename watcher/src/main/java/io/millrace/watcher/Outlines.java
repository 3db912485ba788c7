package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

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
    ObjectMeta metadata = object.getMetadata();
    metadata.setManagedFields(null);
    metadata.setOwnerReferences(null);
    metadata.setLabels(only(Marks.LABELS, metadata.getLabels()));
    metadata.setAnnotations(only(Marks.ANNOTATIONS, metadata.getAnnotations()));
    switch (object) {
      case Pod pod -> {
        pod.setSpec(outline(pod.getSpec()));
        outline(pod.getStatus());
      }
      case Job job -> job.setSpec(null);
      case GenericKubernetesResource other -> other.getAdditionalProperties().remove("spec");
      default -> {}
    }
    return object;
  }

  private static Map<String, String> only(Set<String> names, Map<String, String> all) {
    if (all == null) {
      return null;
    }
    var some = new HashMap<String, String>();
    names.stream().filter(all::containsKey).forEach(name -> some.put(name, all.get(name)));
    return Map.copyOf(some);
  }

  private static PodSpec outline(PodSpec spec) {
    return spec == null ? null : new PodSpecBuilder().withNodeName(spec.getNodeName()).build();
  }

  private static void outline(PodStatus status) {
    if (status != null) {
      status.setPodIPs(null);
      status.setHostIPs(null);
      status.getInitContainerStatuses().forEach(Outlines::outline);
      status.getContainerStatuses().forEach(Outlines::outline);
    }
  }

  private static void outline(ContainerStatus container) {
    container.setImage(null);
    container.setImageID(null);
    container.setContainerID(null);
    container.setResources(null);
    container.setAllocatedResources(null);
    container.setVolumeMounts(null);
  }
}
