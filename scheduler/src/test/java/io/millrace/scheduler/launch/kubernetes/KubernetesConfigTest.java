package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.events.flow.Kubernetes.Qos;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The settings' defaults, a full set, and Metaflow's names for them. */
class KubernetesConfigTest {

  @Test
  void defaults() {
    KubernetesConfig config = Steps.config();
    assertThat(config.installation()).isEqualTo("millrace");
    assertThat(config.namespace()).isEqualTo("default");
    assertThat(config.namespaces()).isEmpty();
    assertThat(config.clusterDomain()).isEqualTo("cluster.local");
    assertThat(config.serviceAccount()).isEmpty();
    assertThat(config.image()).isEmpty();
    assertThat(config.port()).isEmpty();
    assertThat(config.gpuVendor()).isEqualTo("nvidia");
    assertThat(config.tmpfsPath()).isEqualTo("/tmp");
    assertThat(config.ttl()).isEqualTo(Duration.ofDays(7));
    assertThat(config.activeDeadline()).isEqualTo(Duration.ofDays(5));
    assertThat(config.terminationGrace()).isEqualTo(Duration.ZERO);
    assertThat(config.nodeLostAfter()).isEqualTo(Duration.ofSeconds(60));
    assertThat(config.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.quotaRetryAfter()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.env()).isEmpty();
    assertThat(config.all()).containsExactly("default");
    assertThat(config.watch().leaseNamespace()).isEmpty();
    assertThat(config.watch().leaseDuration()).isEqualTo(Duration.ofSeconds(4));
    assertThat(config.watch().imageBound()).isEqualTo(Duration.ofMinutes(15));
    assertThat(config.watch().nodeBound()).isEqualTo(Duration.ofHours(2));
    assertThat(config.watch().referenceBound()).isEqualTo(Duration.ofMinutes(2));
    assertThat(config.watch().resync()).isEqualTo(Duration.ofMinutes(10));
    assertThat(config.watch().keepsLogs()).isTrue();
    assertThat(config.watch().tombstonesKept()).isEqualTo(Duration.ofHours(26));
    Defaults defaults = Defaults.of(config);
    assertThat(defaults.qos()).isEqualTo(Qos.BURSTABLE);
    assertThat(defaults.tolerations()).isNull();
    assertThat(defaults.secrets()).isEmpty();
    assertThat(defaults.memory()).isEmpty();
  }

  @Test
  void metaflowsNamesAreTakenWhereOursAreNotSet() {
    KubernetesConfig config =
        Steps.config(
            "METAFLOW_KUBERNETES_NAMESPACE", "theirs",
            "METAFLOW_KUBERNETES_SERVICE_ACCOUNT", "sa",
            "METAFLOW_KUBERNETES_CONTAINER_IMAGE", "image",
            "METAFLOW_KUBERNETES_CONTAINER_REGISTRY", "registry",
            "METAFLOW_KUBERNETES_IMAGE_PULL_POLICY", "Always",
            "METAFLOW_KUBERNETES_IMAGE_PULL_SECRETS", "[\"a\", \"b\"]",
            "METAFLOW_KUBERNETES_NODE_SELECTOR", "a=b,c=d",
            "METAFLOW_KUBERNETES_TOLERATIONS", "[{\"key\": \"k\"}]",
            "METAFLOW_KUBERNETES_PERSISTENT_VOLUME_CLAIMS", "{\"c\": \"/c\"}",
            "METAFLOW_KUBERNETES_SECRETS", "s,t",
            "METAFLOW_KUBERNETES_LABELS", "l=1",
            "METAFLOW_KUBERNETES_ANNOTATIONS", "n=2",
            "METAFLOW_KUBERNETES_GPU_VENDOR", "amd",
            "METAFLOW_KUBERNETES_SHARED_MEMORY", "64",
            "METAFLOW_KUBERNETES_PORT", "99",
            "METAFLOW_KUBERNETES_QOS", "guaranteed",
            "METAFLOW_KUBERNETES_CPU", "2",
            "METAFLOW_KUBERNETES_MEMORY", "4096",
            "METAFLOW_KUBERNETES_DISK", "10240",
            "METAFLOW_KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED", "3600");
    assertThat(config.namespace()).isEqualTo("theirs");
    assertThat(config.serviceAccount()).contains("sa");
    assertThat(config.image()).contains("image");
    assertThat(config.registry()).contains("registry");
    assertThat(config.imagePullPolicy()).contains("Always");
    assertThat(config.gpuVendor()).isEqualTo("amd");
    assertThat(config.port()).contains(99);
    assertThat(config.cpu()).contains("2");
    assertThat(config.ttl()).isEqualTo(Duration.ofHours(1));
    Defaults defaults = Defaults.of(config);
    assertThat(defaults.imagePullSecrets()).containsExactly("a", "b");
    assertThat(defaults.nodeSelector()).isEqualTo(Map.of("a", "b", "c", "d"));
    assertThat(defaults.tolerations()).hasSize(1);
    assertThat(defaults.persistentVolumeClaims()).isEqualTo(Map.of("c", "/c"));
    assertThat(defaults.secrets()).containsExactly("s", "t");
    assertThat(defaults.labels()).isEqualTo(Map.of("l", "1"));
    assertThat(defaults.annotations()).isEqualTo(Map.of("n", "2"));
    assertThat(defaults.sharedMemory()).contains("64Mi");
    assertThat(defaults.memory()).contains("4096M");
    assertThat(defaults.disk()).contains("10240M");
    assertThat(defaults.qos()).isEqualTo(Qos.GUARANTEED);
    assertThat(
            Steps.config("namespace", "ours", "METAFLOW_KUBERNETES_NAMESPACE", "theirs")
                .namespace())
        .isEqualTo("ours");
  }

  @Test
  void aMistakeIsToldByItsKey() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Defaults.of(Steps.config("tolerations", "[{")))
        .withMessage("millrace.kubernetes.tolerations: expected JSON, found '[{'");
    assertThatIllegalStateException()
        .isThrownBy(() -> Defaults.of(Steps.config("node-selector", "disk")))
        .withMessage("millrace.kubernetes.node-selector: expected a=b,c=d, found 'disk'");
    assertThatIllegalStateException()
        .isThrownBy(() -> Defaults.of(Steps.config("qos", "best")))
        .withMessage("millrace.kubernetes.qos: expected burstable or guaranteed, found 'best'");
  }
}
