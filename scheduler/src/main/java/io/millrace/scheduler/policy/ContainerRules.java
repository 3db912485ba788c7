package io.millrace.scheduler.policy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.util.List;
import java.util.Locale;

/** What a container must not have, whether it is the step's own, a sidecar or an init container. */
final class ContainerRules {
  private final PolicyConfig config;
  private final Names capabilities;
  private final ConfinementRules confinement;

  ContainerRules(PolicyConfig config) {
    this.config = config;
    this.capabilities = new Names(config.capabilities().orElse(List.of()));
    this.confinement = new ConfinementRules(config);
  }

  void judge(Container container, Breaches breaches) {
    String who = "container '" + container.getName() + "'";
    breaches.unknown(who, container.getAdditionalProperties());
    for (ContainerPort port : container.getPorts()) {
      if (!config.hostPorts() && port.getHostPort() != null && port.getHostPort() != 0) {
        breaches.add("host-ports", "%s takes port %d of its node", who, port.getHostPort());
      }
    }
    if (container.getSecurityContext() != null) {
      judge(who, container.getSecurityContext(), breaches);
    }
  }

  private void judge(String who, SecurityContext context, Breaches breaches) {
    breaches.unknown("the securityContext of " + who, context.getAdditionalProperties());
    boolean hostProcess =
        context.getWindowsOptions() != null
            && Boolean.TRUE.equals(context.getWindowsOptions().getHostProcess());
    if (!config.privileged() && (Boolean.TRUE.equals(context.getPrivileged()) || hostProcess)) {
      breaches.add("privileged", "%s is privileged", who);
    }
    if (context.getCapabilities() != null) {
      for (String capability : context.getCapabilities().getAdd()) {
        if (!capabilities.include(plain(capability))) {
          breaches.add("capabilities", "%s adds %s, allowed are %s", who, capability, capabilities);
        }
      }
    }
    confinement.seccomp(who, context.getSeccompProfile(), breaches);
    confinement.appArmor(who, context.getAppArmorProfile(), breaches);
    confinement.seLinux(who, context.getSeLinuxOptions(), breaches);
    confinement.procMount(who, context.getProcMount(), breaches);
  }

  /** Container runtimes take both spellings. */
  private static String plain(String capability) {
    String upper = capability.toUpperCase(Locale.ROOT);
    return upper.startsWith("CAP_") ? upper.substring(4) : upper;
  }
}
