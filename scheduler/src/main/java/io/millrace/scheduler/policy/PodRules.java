package io.millrace.scheduler.policy;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a pod as a whole must not have of its node. */
final class PodRules {
  private static final String APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";

  private final PolicyConfig config;
  private final List<String> hostPaths;
  private final ConfinementRules confinement;

  PodRules(PolicyConfig config) {
    this.config = config;
    this.hostPaths = config.hostPaths().orElse(List.of());
    this.confinement = new ConfinementRules(config);
  }

  void judge(Map<String, String> annotations, PodSpec pod, Breaches breaches) {
    forbid(config.hostNetwork(), pod.getHostNetwork(), "host-network", breaches);
    forbid(config.hostPid(), pod.getHostPID(), "host-pid", breaches);
    forbid(config.hostIpc(), pod.getHostIPC(), "host-ipc", breaches);
    breaches.unknown("the pod", pod.getAdditionalProperties());
    pod.getVolumes().forEach(volume -> judge(volume, breaches));
    if (pod.getSecurityContext() != null) {
      judge(pod.getSecurityContext(), breaches);
    }
    // How it was said to Kubernetes before 1.30, and is still heard.
    annotations.forEach(
        (name, value) -> {
          if (name.startsWith(APP_ARMOR)) {
            confinement.appArmor("annotation " + name, value, breaches);
          }
        });
  }

  private static void forbid(boolean allowed, Boolean asked, String rule, Breaches breaches) {
    if (!allowed && Boolean.TRUE.equals(asked)) {
      breaches.add(rule, "the pod asks for it; it is allowed with millrace.policy.%s=true", rule);
    }
  }

  private void judge(Volume volume, Breaches breaches) {
    breaches.unknown("volume '" + volume.getName() + "'", volume.getAdditionalProperties());
    if (volume.getHostPath() != null && !isAllowed(volume.getHostPath().getPath())) {
      breaches.add(
          "host-paths",
          "volume '%s' is the node's folder %s, allowed are %s",
          volume.getName(),
          volume.getHostPath().getPath(),
          new Names(hostPaths));
    }
  }

  private boolean isAllowed(String path) {
    return path != null
        && !List.of(path.split("/")).contains("..")
        && hostPaths.stream().anyMatch(allowed -> Path.of(path).startsWith(Path.of(allowed)));
  }

  private void judge(PodSecurityContext context, Breaches breaches) {
    breaches.unknown("the pod's securityContext", context.getAdditionalProperties());
    if (!config.unconfined() && !context.getSysctls().isEmpty()) {
      breaches.add("unconfined", "the pod sets parameters of the kernel");
    }
    if (!config.privileged()
        && context.getWindowsOptions() != null
        && Boolean.TRUE.equals(context.getWindowsOptions().getHostProcess())) {
      breaches.add("privileged", "the pod is a process of its Windows node");
    }
    confinement.seccomp("the pod", context.getSeccompProfile(), breaches);
    confinement.appArmor("the pod", context.getAppArmorProfile(), breaches);
    confinement.seLinux("the pod", context.getSeLinuxOptions(), breaches);
  }
}
