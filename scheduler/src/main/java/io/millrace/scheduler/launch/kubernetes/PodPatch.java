package io.millrace.scheduler.launch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step's {@code podPatch} adds to its pod: init containers, sidecars and volumes, merged by
 * name as a strategic merge does. Of the step's own container it may add volume mounts only: all
 * else of that has a field of its own.
 */
final class PodPatch {
  private static final String FIELD = "kubernetes.podPatch.";

  private PodPatch() {}

  /**
   * @throws RefusedOrderException when the patch asks for more, or is no part of a pod
   */
  static void apply(Plan plan, PodSpec spec) {
    JsonNode patch = plan.asked().podPatch();
    spec.setInitContainers(
        ForeignJson.list(FIELD + "initContainers", part(patch, "initContainers"), Container.class));
    var volumes = new ArrayList<>(spec.getVolumes());
    volumes.addAll(ForeignJson.list(FIELD + "volumes", part(patch, "volumes"), Volume.class));
    spec.setVolumes(volumes);
    var containers = new ArrayList<>(spec.getContainers());
    JsonNode added = part(patch, "containers");
    for (int i = 0; added != null && i < added.size(); i++) {
      String field = FIELD + "containers[" + i + "]";
      String name = added.get(i).path("name").asText();
      if (name.equals(plan.container()) || name.equals(plan.order().of().task().step().value())) {
        mountMore(field, added.get(i), containers.getFirst());
      } else {
        containers.add(ForeignJson.read(field, added.get(i), Container.class));
      }
    }
    spec.setContainers(containers);
  }

  private static JsonNode part(JsonNode patch, String name) {
    return patch.get(name);
  }

  private static void mountMore(String field, JsonNode patch, Container main) {
    patch
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!List.of("name", "volumeMounts").contains(name)) {
                throw new RefusedOrderException(
                    "%s.%s: of the step's own container a patch may add volumeMounts only; the step has fields for the rest"
                        .formatted(field, name));
              }
            });
    var mounts = new ArrayList<>(main.getVolumeMounts());
    mounts.addAll(
        ForeignJson.list(field + ".volumeMounts", patch.get("volumeMounts"), VolumeMount.class));
    main.setVolumeMounts(mounts);
  }
}
