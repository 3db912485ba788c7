package io.millrace.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What each setting is when nobody sets it, and that each can be set. */
class PolicyConfigTest {

  static PolicyConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withMapping(PolicyConfig.class)
        .withDefaultValues(settings)
        .build()
        .getConfigMapping(PolicyConfig.class);
  }

  @Test
  void defaults() {
    PolicyConfig config = config(Map.of());

    assertThat(config.namespaces()).isEmpty();
    assertThat(config.serviceAccounts()).isEmpty();
    assertThat(config.images()).isEmpty();
    assertThat(config.hostPaths()).isEmpty();
    assertThat(config.hostNetwork()).isFalse();
    assertThat(config.hostPid()).isFalse();
    assertThat(config.hostIpc()).isFalse();
    assertThat(config.hostPorts()).isFalse();
    assertThat(config.privileged()).isFalse();
    assertThat(config.capabilities()).isEmpty();
    assertThat(config.unconfined()).isFalse();
    assertThat(config.ceilings().cpu()).isEmpty();
    assertThat(config.ceilings().memory()).isEmpty();
    assertThat(config.ceilings().disk()).isEmpty();
    assertThat(config.ceilings().gpu()).isEmpty();
    assertThat(config.ceilings().resources()).isEmpty();
  }

  @Test
  void everythingSet() {
    PolicyConfig config =
        config(
            Map.ofEntries(
                Map.entry("millrace.policy.namespaces", "a,b-*"),
                Map.entry("millrace.policy.service-accounts", "steps"),
                Map.entry("millrace.policy.images", "ghcr.io/acme/*,busybox:*"),
                Map.entry("millrace.policy.host-paths", "/mnt/data"),
                Map.entry("millrace.policy.host-network", "true"),
                Map.entry("millrace.policy.host-pid", "true"),
                Map.entry("millrace.policy.host-ipc", "true"),
                Map.entry("millrace.policy.host-ports", "true"),
                Map.entry("millrace.policy.privileged", "true"),
                Map.entry("millrace.policy.capabilities", "SYS_PTRACE"),
                Map.entry("millrace.policy.unconfined", "true"),
                Map.entry("millrace.policy.ceilings.cpu", "8"),
                Map.entry("millrace.policy.ceilings.memory", "32Gi"),
                Map.entry("millrace.policy.ceilings.disk", "100G"),
                Map.entry("millrace.policy.ceilings.gpu", "2"),
                Map.entry("millrace.policy.ceilings.resources.\"acme.com/fpga\"", "1")));

    assertThat(config.namespaces().orElseThrow()).containsExactly("a", "b-*");
    assertThat(config.serviceAccounts().orElseThrow()).containsExactly("steps");
    assertThat(config.images().orElseThrow()).containsExactly("ghcr.io/acme/*", "busybox:*");
    assertThat(config.hostPaths().orElseThrow()).containsExactly("/mnt/data");
    assertThat(config.hostNetwork()).isTrue();
    assertThat(config.hostPid()).isTrue();
    assertThat(config.hostIpc()).isTrue();
    assertThat(config.hostPorts()).isTrue();
    assertThat(config.privileged()).isTrue();
    assertThat(config.capabilities().orElseThrow()).containsExactly("SYS_PTRACE");
    assertThat(config.unconfined()).isTrue();
    assertThat(config.ceilings().cpu()).contains("8");
    assertThat(config.ceilings().memory()).contains("32Gi");
    assertThat(config.ceilings().disk()).contains("100G");
    assertThat(config.ceilings().gpu()).contains("2");
    assertThat(config.ceilings().resources()).isEqualTo(Map.of("acme.com/fpga", "1"));
  }

  @Test
  void aCeilingThatIsNoQuantityIsRefusedWithItsKey() {
    PolicyConfig config = config(Map.of("millrace.policy.ceilings.memory", "much"));
    assertThatThrownBy(() -> new Policy(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("millrace.policy.ceilings.memory", "'much'");
  }
}
