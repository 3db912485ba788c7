package io.millrace.scheduler.policy;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a flow may ask of a cluster. It holds for the whole pod, also for what the installation's
 * own defaults put there. In lists of names {@code *} stands for any text. The rules' names are the
 * keys.
 */
@ConfigMapping(prefix = "millrace.policy")
public interface PolicyConfig {

  /** Namespaces that steps may run in; any of {@code millrace.kubernetes.namespaces} if unset. */
  Optional<List<String>> namespaces();

  /** Service accounts that steps may run as; a step that names none is {@code default}. */
  Optional<List<String>> serviceAccounts();

  /**
   * Images of containers, init containers, sidecars and image volumes, as the pod names them: an
   * image without a registry has none here either.
   */
  Optional<List<String>> images();

  /** The most members that a gang may have; any number if unset. */
  OptionalInt gangSize();

  /** The most that one pod may ask for: each member of a gang for itself. */
  CeilingsConfig ceilings();

  /** Folders of the node that may be mounted, with what is below them; none if unset. */
  Optional<List<String>> hostPaths();

  /** Whether a pod may use its node's network. */
  @WithDefault("false")
  boolean hostNetwork();

  /** Whether a pod may see its node's processes. */
  @WithDefault("false")
  boolean hostPid();

  /** Whether a pod may use its node's shared memory. */
  @WithDefault("false")
  boolean hostIpc();

  /** Whether a container may take ports of its node. */
  @WithDefault("false")
  boolean hostPorts();

  /** Whether a container may be privileged. */
  @WithDefault("false")
  boolean privileged();

  /** Capabilities that a container may add, such as {@code NET_BIND_SERVICE}; none if unset. */
  Optional<List<String>> capabilities();

  /**
   * Whether a pod may switch seccomp, AppArmor or SELinux off, see all of {@code /proc}, or set
   * parameters of the kernel.
   */
  @WithDefault("false")
  boolean unconfined();

  /**
   * The most of each resource, as Kubernetes quantities. What counts is the larger of request and
   * limit, for all containers of a pod together; without a key, any amount. They bound what is
   * asked for: a container without a limit is bounded by its node, or by a LimitRange.
   */
  interface CeilingsConfig {
    Optional<String> cpu();

    Optional<String> memory();

    /** Ephemeral storage. */
    Optional<String> disk();

    /** Devices of all vendors together. */
    Optional<String> gpu();

    /** Further resources, by name. */
    Map<String, String> resources();
  }
}
