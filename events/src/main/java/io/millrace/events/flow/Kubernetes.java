package io.millrace.events.flow;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a step runs on Kubernetes; other executors take no notice of it. What is left out, the
 * installation's configuration decides. Parts that Kubernetes itself defines are kept as they are
 * written: they are read when the step is launched, by the rules of the API.
 *
 * @param kind of object; null for a Job, and for a JobSet where the step is a gang
 * @param imagePullPolicy Always, IfNotPresent or Never; null for the default
 * @param imagePullSecrets names of secrets with which the image is pulled
 * @param gpuVendor whose devices {@code resources.gpu} counts, such as nvidia; null for the default
 * @param extendedResources further resources by name, requested and limited to the same
 * @param qos whether limits equal requests; null for the default
 * @param sharedMemory size of {@code /dev/shm}; null for the runtime's own
 * @param tmpfs a folder in memory; null for none
 * @param nodeSelector labels that the node must have
 * @param tolerations a list of Kubernetes tolerations; null for none
 * @param affinity a Kubernetes affinity; null for none
 * @param topologySpread a list of Kubernetes topology spread constraints; null for none
 * @param persistentVolumeClaims where each claim is mounted
 * @param configMaps whose entries become environment variables
 * @param secrets whose entries become environment variables
 * @param envFromFields environment variables that hold fields of the pod, such as {@code
 *     spec.nodeName}
 * @param ports that the container listens on; the first is a gang's main port
 * @param labels of the object and its pods
 * @param annotations of the object and its pods
 * @param serviceAccount that the step runs as; null for the default
 * @param namespace that it runs in; null for the default
 * @param securityContext a Kubernetes security context of the container; null for none
 * @param priorityClass null for none
 * @param runtimeClass null for none
 * @param activeDeadline how long the pod may be there; null for the step's timeout
 * @param ttl how long the object is kept after its end; null for the default
 * @param terminationGrace from SIGTERM to SIGKILL; null for the default
 * @param podPatch a strategic merge patch of the pod's spec, which may add init containers,
 *     sidecars and volumes; null for none
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Kubernetes(
    Kind kind,
    String imagePullPolicy,
    List<String> imagePullSecrets,
    String gpuVendor,
    Map<String, String> extendedResources,
    Qos qos,
    String sharedMemory,
    Tmpfs tmpfs,
    Map<String, String> nodeSelector,
    JsonNode tolerations,
    JsonNode affinity,
    JsonNode topologySpread,
    Map<String, String> persistentVolumeClaims,
    List<String> configMaps,
    List<String> secrets,
    Map<String, String> envFromFields,
    List<Integer> ports,
    Map<String, String> labels,
    Map<String, String> annotations,
    String serviceAccount,
    String namespace,
    JsonNode securityContext,
    String priorityClass,
    String runtimeClass,
    Duration activeDeadline,
    Duration ttl,
    Duration terminationGrace,
    JsonNode podPatch) {

  public Kubernetes {
    imagePullSecrets = list(imagePullSecrets);
    extendedResources = map(extendedResources);
    nodeSelector = map(nodeSelector);
    persistentVolumeClaims = map(persistentVolumeClaims);
    configMaps = list(configMaps);
    secrets = list(secrets);
    envFromFields = map(envFromFields);
    ports = list(ports);
    labels = map(labels);
    annotations = map(annotations);
  }

  private static <T> List<T> list(List<T> given) {
    return given == null ? List.of() : List.copyOf(given);
  }

  private static Map<String, String> map(Map<String, String> given) {
    return given == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(given));
  }

  /** The kind of object that a step becomes. */
  public enum Kind {
    /** The default. */
    JOB,
    /** A bare pod: a little faster, and gone when its node is drained. */
    POD,
    /** For gangs. */
    JOBSET;

    /**
     * @throws IllegalArgumentException when the text names no kind
     */
    @JsonCreator
    public static Kind parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How requests become limits. */
  public enum Qos {
    /** Requests only: the container may use more where the node has more. */
    BURSTABLE,
    /** Limits equal requests. */
    GUARANTEED;

    /**
     * @throws IllegalArgumentException when the text names none
     */
    @JsonCreator
    public static Qos parse(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A folder in memory.
   *
   * @param size at most; null for half of the step's memory
   * @param path where it is; null for the default
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tmpfs(String size, String path) {}

  /** What a step without this section asks for. */
  public static final Kubernetes DEFAULT =
      new Kubernetes(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null, null, null, null, null, null, null, null, null);

  /**
   * Which object an attempt is, as far as the flow says it.
   *
   * @param kind of object
   * @param namespace null for the installation's default
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Place(Kind kind, String namespace) {
    public Place {
      kind = kind == null ? Kind.JOB : kind;
    }

    /**
     * @param asked the step's section; null where it has none
     * @param gang whether the attempt is a gang's
     */
    public static Place of(Kubernetes asked, boolean gang) {
      Kubernetes section = asked == null ? DEFAULT : asked;
      Kind otherwise = gang ? Kind.JOBSET : Kind.JOB;
      return new Place(section.kind() == null ? otherwise : section.kind(), section.namespace());
    }
  }
}
