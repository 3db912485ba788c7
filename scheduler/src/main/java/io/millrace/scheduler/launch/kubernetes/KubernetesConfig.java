package io.millrace.scheduler.launch.kubernetes;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What steps on Kubernetes get where their flow says nothing. A value that Metaflow's own variable
 * names is taken where nothing is set here: so an installation of Metaflow keeps its settings.
 */
@ConfigMapping(prefix = "millrace.kubernetes")
public interface KubernetesConfig {

  /**
   * The installation's id, part of every object's name: two installations with different ids can
   * share a namespace. It must not change while anything runs.
   */
  @WithDefault("millrace")
  String installation();

  /** The namespace of steps that name none. */
  @WithDefault("${METAFLOW_KUBERNETES_NAMESPACE:default}")
  String namespace();

  /** Every namespace that steps may run in; the default one when left out. */
  Optional<List<String>> namespaces();

  /** All namespaces in which there can be steps. */
  default List<String> all() {
    return namespaces().orElse(List.of(namespace()));
  }

  /** The domain of the cluster's DNS names. */
  @WithDefault("cluster.local")
  String clusterDomain();

  /** The service account that steps run as. */
  @WithDefault("${METAFLOW_KUBERNETES_SERVICE_ACCOUNT:}")
  Optional<String> serviceAccount();

  /** The image of steps that name none. */
  @WithDefault("${METAFLOW_KUBERNETES_CONTAINER_IMAGE:}")
  Optional<String> image();

  /** Put before the names of images that name no registry. */
  @WithDefault("${METAFLOW_KUBERNETES_CONTAINER_REGISTRY:}")
  Optional<String> registry();

  /** Always, IfNotPresent or Never; the cluster decides when left out. */
  @WithDefault("${METAFLOW_KUBERNETES_IMAGE_PULL_POLICY:}")
  Optional<String> imagePullPolicy();

  /** Secrets with which images are pulled: a JSON list of names, or names with commas. */
  @WithDefault("${METAFLOW_KUBERNETES_IMAGE_PULL_SECRETS:}")
  Optional<String> imagePullSecrets();

  /** Labels that nodes must have: {@code a=b,c=d}. */
  @WithDefault("${METAFLOW_KUBERNETES_NODE_SELECTOR:}")
  Optional<String> nodeSelector();

  /** A JSON list of tolerations. */
  @WithDefault("${METAFLOW_KUBERNETES_TOLERATIONS:}")
  Optional<String> tolerations();

  /** Where claims are mounted: a JSON object {@code {"claim": "/path"}}. */
  @WithDefault("${METAFLOW_KUBERNETES_PERSISTENT_VOLUME_CLAIMS:}")
  Optional<String> persistentVolumeClaims();

  /** Secrets that become environment variables, in addition to the step's own: with commas. */
  @WithDefault("${METAFLOW_KUBERNETES_SECRETS:}")
  Optional<String> secrets();

  /** Labels of objects and pods: {@code a=b,c=d}. The step's own go before them. */
  @WithDefault("${METAFLOW_KUBERNETES_LABELS:}")
  Optional<String> labels();

  /** Annotations of objects and pods: {@code a=b,c=d}. The step's own go before them. */
  @WithDefault("${METAFLOW_KUBERNETES_ANNOTATIONS:}")
  Optional<String> annotations();

  /** Whose devices a step's {@code gpu} counts. */
  @WithDefault("${METAFLOW_KUBERNETES_GPU_VENDOR:nvidia}")
  String gpuVendor();

  /** Size of {@code /dev/shm}; a bare number counts MiB. */
  @WithDefault("${METAFLOW_KUBERNETES_SHARED_MEMORY:}")
  Optional<String> sharedMemory();

  /** A port that every container listens on. */
  @WithDefault("${METAFLOW_KUBERNETES_PORT:}")
  Optional<Integer> port();

  /** burstable or guaranteed. */
  @WithDefault("${METAFLOW_KUBERNETES_QOS:burstable}")
  String qos();

  /** Cores that a step asks for. */
  @WithDefault("${METAFLOW_KUBERNETES_CPU:}")
  Optional<String> cpu();

  /** Memory that a step asks for; a bare number counts MB. */
  @WithDefault("${METAFLOW_KUBERNETES_MEMORY:}")
  Optional<String> memory();

  /** Ephemeral storage that a step asks for; a bare number counts MB. */
  @WithDefault("${METAFLOW_KUBERNETES_DISK:}")
  Optional<String> disk();

  /** Where a step's folder in memory is. */
  @WithDefault("/tmp")
  String tmpfsPath();

  /**
   * How long objects are kept after their end. Never shorter than their orders may be late, and an
   * hour more.
   */
  @WithDefault("${METAFLOW_KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED:7d}")
  Duration ttl();

  /** How long the pods of steps without a timeout may be there. */
  @WithDefault("5d")
  Duration activeDeadline();

  /** From SIGTERM to SIGKILL. */
  @WithDefault("0s")
  Duration terminationGrace();

  /** How long a pod stays bound to a node that is not heard of any more. */
  @WithDefault("60s")
  Duration nodeLostAfter();

  /** When an order is carried out again for which there is no room, or which found no answer. */
  @WithDefault("2s")
  Duration retryAfter();

  /** When an order is carried out again that a quota had no room for. */
  @WithDefault("15s")
  Duration quotaRetryAfter();

  /** Environment variables of every step. */
  Map<String, String> env();

  WatchConfig watch();

  /** What the watcher does, and how long it lets attempts wait before it stops them. */
  interface WatchConfig {
    /** The namespace of the Lease by which one watcher leads; the default one when left out. */
    Optional<String> leaseNamespace();

    /** After such a silence of the leading watcher another one leads. */
    @WithDefault("4s")
    Duration leaseDuration();

    /** How long an attempt may wait for its image. */
    @WithDefault("15m")
    Duration imageBound();

    /** How long it may wait for a node or for room in a quota. */
    @WithDefault("2h")
    Duration nodeBound();

    /** How long it may wait for what it refers to: a secret, a service account. */
    @WithDefault("2m")
    Duration referenceBound();

    /** How often everything is listed anew, in case that a change was never told. */
    @WithDefault("10m")
    Duration resync();

    /** Whether logs are kept in the object store when their pods have ended. */
    @WithDefault("true")
    boolean keepsLogs();

    /** How long objects of cancelled attempts are kept: longer than the orders topic's records. */
    @WithDefault("26h")
    Duration tombstonesKept();
  }
}
