package io.millrace.scheduler.launch.kubernetes;

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
import io.millrace.watcher.Marks;
import io.millrace.watcher.Stop;
import java.util.Map;
import java.util.Optional;

/** The requests that an attempt's object is made and stopped by. All block. */
final class ObjectsApi {
  private static final int NOT_FOUND = 404;
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
  private static final ResourceDefinitionContext JOB_SETS =
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
  ObjectsApi(KubernetesClient client) {
    this.client = client;
  }

  /** Creates an object; fields that the server does not know are a mistake of the step's. */
  void create(HasMetadata object) {
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
  void createTombstone(HasMetadata object) {
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
  Optional<HasMetadata> read(Kind kind, String namespace, String name) {
    return Optional.ofNullable(at(kind, namespace, name).get());
  }

  /**
   * Stops an object and leaves it.
   *
   * @return false when there is none
   */
  boolean stop(Kind kind, String namespace, String name, Stop stop) {
    Map<String, Object> metadata =
        Map.of("metadata", Map.of("annotations", Map.of(Marks.STOPPED, stop.text())));
    Map<String, Object> suspended =
        Map.of("metadata", metadata.get("metadata"), "spec", Map.of("suspend", true));
    try {
      HasMetadata stopped =
          at(kind, namespace, name)
              .patch(MERGE, Json.text(kind == Kind.POD ? metadata : suspended));
      if (stopped instanceof Pod pod && !isOver(pod)) {
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

  private static boolean isOver(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }
}
