package io.millrace.scheduler.policy;

import io.fabric8.kubernetes.api.model.AppArmorProfile;
import io.fabric8.kubernetes.api.model.SELinuxOptions;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import java.util.Locale;
import java.util.Set;

/** What keeps a container apart from its node must stay on, for pods and containers alike. */
final class ConfinementRules {
  private static final String UNCONFINED = "unconfined";

  /** Those of the baseline of Kubernetes' Pod Security Standards. */
  private static final Set<String> TYPES =
      Set.of("container_t", "container_init_t", "container_kvm_t", "container_engine_t");

  private final boolean allowed;

  ConfinementRules(PolicyConfig config) {
    this.allowed = config.unconfined();
  }

  void seccomp(String who, SeccompProfile profile, Breaches breaches) {
    if (profile != null) {
      judge(who + " switches seccomp off", profile.getType(), breaches);
    }
  }

  void appArmor(String who, AppArmorProfile profile, Breaches breaches) {
    if (profile != null) {
      appArmor(who, profile.getType(), breaches);
    }
  }

  void appArmor(String who, String profile, Breaches breaches) {
    judge(who + " switches AppArmor off", profile, breaches);
  }

  /** {@code /proc} with what is masked otherwise. */
  void procMount(String who, String mount, Breaches breaches) {
    if (!allowed && "Unmasked".equals(mount)) {
      breaches.add(UNCONFINED, "%s sees all of /proc", who);
    }
  }

  void seLinux(String who, SELinuxOptions options, Breaches breaches) {
    if (allowed || options == null) {
      return;
    }
    String type = options.getType();
    boolean other = type != null && !type.isEmpty() && !TYPES.contains(type);
    if (other || isSet(options.getUser()) || isSet(options.getRole())) {
      breaches.add(UNCONFINED, "%s has an SELinux user, role or type of its own", who);
    }
  }

  private static boolean isSet(String text) {
    return text != null && !text.isEmpty();
  }

  private void judge(String what, String profile, Breaches breaches) {
    if (!allowed && profile != null && profile.toLowerCase(Locale.ROOT).equals(UNCONFINED)) {
      breaches.add(UNCONFINED, what);
    }
  }
}
