package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.millrace.events.flow.Kubernetes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The volumes of a step and where its container finds them. */
final class Mounts {
  private final List<Volume> volumes = new ArrayList<>();
  private final List<VolumeMount> mounts = new ArrayList<>();

  Mounts(Plan plan, KubernetesConfig config, Defaults defaults, PodResources resources) {
    Kubernetes asked = plan.asked();
    String shared = PodTemplate.or(asked.sharedMemory(), defaults.sharedMemory().orElse(null));
    if (shared != null) {
      memory("millrace-shm", shared, "/dev/shm");
    }
    if (asked.tmpfs() != null) {
      String half = resources.halfOfMemory(plan.order().resources()).orElse(null);
      memory(
          "millrace-tmpfs",
          PodTemplate.or(asked.tmpfs().size(), half),
          PodTemplate.or(asked.tmpfs().path(), config.tmpfsPath()));
    }
    var claims = new TreeMap<>(defaults.persistentVolumeClaims());
    claims.putAll(asked.persistentVolumeClaims());
    int number = 0;
    for (Map.Entry<String, String> claim : claims.entrySet()) {
      claim("millrace-claim-" + number++, claim.getKey(), claim.getValue());
    }
  }

  private void memory(String name, String size, String path) {
    volumes.add(
        new VolumeBuilder()
            .withName(name)
            .withNewEmptyDir()
            .withMedium("Memory")
            .withSizeLimit(size == null ? null : new Quantity(size))
            .endEmptyDir()
            .build());
    mount(name, path);
  }

  private void claim(String name, String claim, String path) {
    volumes.add(
        new VolumeBuilder()
            .withName(name)
            .withNewPersistentVolumeClaim()
            .withClaimName(claim)
            .endPersistentVolumeClaim()
            .build());
    mount(name, path);
  }

  private void mount(String name, String path) {
    mounts.add(new VolumeMountBuilder().withName(name).withMountPath(path).build());
  }

  List<Volume> volumes() {
    return volumes;
  }

  List<VolumeMount> mounts() {
    return mounts;
  }
}
