package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.millrace.events.Json;
import io.millrace.events.flow.Kubernetes.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The requests that an attempt's object is made and stopped by. All block. */
public final class ObjectsApi {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  static final ResourceDefinitionContext JOB_SETS =
      new ResourceDefinitionContext.Builder()
          .withGroup(Marks.JOBSET_GROUP)
          .withVersion(Marks.JOBSET_VERSION)
          .withKind("JobSet")
          .withPlural("jobsets")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;

  /**
   * @param client must not send anything again by itself: what an answer means is decided here
   */
  public ObjectsApi(KubernetesClient client) {
    this.client = client;
  }

  /** Whether this cluster can have JobSets; true also when it does not say. */
  boolean hasJobSets() {
    try {
      return client.getApiResources(Marks.JOBSET_GROUP + "/" + Marks.JOBSET_VERSION) != null;
    } catch (KubernetesClientException silent) {
      return true;
    }
  }

  /** Creates an object; fields that the server does not know are a mistake of the step's. */
  public void create(HasMetadata object) {
    if (object instanceof GenericKubernetesResource jobSet) {
      client
          .genericKubernetesResources(JOB_SETS)
          .resource(jobSet)
          .fieldValidation(Validation.STRICT)
          .create();
    } else {
      client.resource(object).fieldValidation(Validation.STRICT).create();
    }
  }

  /** Creates an object that only holds a name. */
  public void createTombstone(HasMetadata object) {
    if (object instanceof GenericKubernetesResource jobSet) {
      client.genericKubernetesResources(JOB_SETS).resource(jobSet).create();
    } else {
      client.resource(object).create();
    }
  }

  private Resource<? extends HasMetadata> at(Kind kind, String namespace, String name) {
    return switch (kind) {
      case JOB -> client.batch().v1().jobs().inNamespace(namespace).withName(name);
      case POD -> client.pods().inNamespace(namespace).withName(name);
      case JOBSET ->
          client.genericKubernetesResources(JOB_SETS).inNamespace(namespace).withName(name);
    };
  }

  /** The object as the server has it now; empty when there is none. */
  public Optional<HasMetadata> read(Kind kind, String namespace, String name) {
    return Optional.ofNullable(at(kind, namespace, name).get());
  }

  /** As {@link #read}; also empty when there are no objects of that kind here at all. */
  Optional<HasMetadata> find(Kind kind, String namespace, String name) {
    return read(kind, namespace, name).filter(object -> Identity.of(object).isPresent());
  }

  /**
   * Stops an object and leaves it.
   *
   * @return false when there is none
   */
  public boolean stop(Kind kind, String namespace, String name, Stop stop) {
    Map<String, Object> change =
        Map.of(
            "metadata",
            Map.of("annotations", Map.of(Marks.STOPPED, stop.text())),
            "spec",
            halted(kind));
    try {
      HasMetadata stopped = at(kind, namespace, name).patch(MERGE, Json.text(change));
      if (stopped instanceof Pod pod && !Members.isOver(pod)) {
        client.pods().inNamespace(namespace).withName(name).delete();
      }
      return true;
    } catch (KubernetesClientException failure) {
      if (failure.getCode() == NOT_FOUND) {
        return false;
      }
      throw failure;
    }
  }

  /** What makes a controller take its pods away. Servers before 1.22 know no suspended Jobs. */
  private static Map<String, Object> halted(Kind kind) {
    return switch (kind) {
      case JOB -> Map.of("suspend", true, "parallelism", 0);
      case JOBSET -> Map.of("suspend", true);
      case POD -> Map.of();
    };
  }

  /** The pods that an object has brought about, as the server has them now. */
  List<Pod> pods(String namespace, String name) {
    return client.pods().inNamespace(namespace).withLabel(Marks.OBJECT, name).list().getItems();
  }

  /** Lets go of a bare pod of which the end is known. */
  void release(Pod pod) {
    List<String> kept =
        pod.getMetadata().getFinalizers().stream()
            .filter(finalizer -> !finalizer.equals(Marks.OBSERVED))
            .toList();
    Map<String, Object> metadata = new HashMap<>();
    metadata.put("finalizers", kept.isEmpty() ? null : kept);
    metadata.put("uid", pod.getMetadata().getUid());
    try {
      client
          .pods()
          .inNamespace(pod.getMetadata().getNamespace())
          .withName(pod.getMetadata().getName())
          .patch(MERGE, Json.text(Map.of("metadata", metadata)));
    } catch (KubernetesClientException failure) {
      if (failure.getCode() != NOT_FOUND && failure.getCode() != CONFLICT) {
        throw failure;
      }
    }
  }

  /** Deletes an object, and with it what it brought about. */
  void delete(Kind kind, String namespace, String name) {
    at(kind, namespace, name).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
  }
}
