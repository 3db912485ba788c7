package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.millrace.events.Order;
import io.millrace.events.flow.Kubernetes;
import io.millrace.scheduler.policy.Breach;
import io.millrace.scheduler.policy.Policy;
import io.millrace.watcher.Marks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The pod of an attempt, the same for every kind of object that holds it. */
final class PodTemplate {
  private static final List<String> NODE_LOST =
      List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");

  private final KubernetesConfig config;
  private final Defaults defaults;
  private final PodEnvironment environment;
  private final PodResources resources;
  private final Policy policy;

  /**
   * @param policy has the last word
   */
  PodTemplate(
      KubernetesConfig config, Defaults defaults, PodEnvironment environment, Policy policy) {
    this.config = config;
    this.defaults = defaults;
    this.environment = environment;
    this.resources = new PodResources(config, defaults);
    this.policy = policy;
  }

  /** Name, namespace, labels and annotations of the attempt's object. */
  ObjectMeta metadata(Plan plan) {
    return new ObjectMetaBuilder()
        .withName(plan.name())
        .withNamespace(plan.namespace())
        .withLabels(labels(plan))
        .withAnnotations(annotations(plan))
        .build();
  }

  /** The system's go before the step's, and those before the configuration's. */
  Map<String, String> labels(Plan plan) {
    var labels = new TreeMap<>(defaults.labels());
    labels.putAll(plan.asked().labels());
    labels.putAll(Labels.of(plan.identity(), plan.name(), plan.order().flow()));
    return labels;
  }

  Map<String, String> annotations(Plan plan) {
    var annotations = new TreeMap<>(defaults.annotations());
    annotations.putAll(plan.asked().annotations());
    annotations.put(Marks.IDENTITY, plan.identity().toString());
    annotations.put(Marks.MEMBERS, Integer.toString(plan.members()));
    annotations.put(Marks.MAIN_CONTAINER, plan.container());
    if (plan.order().notAfter() != null) {
      annotations.put(Marks.NOT_AFTER, plan.order().notAfter().toString());
    }
    return annotations;
  }

  /**
   * The pod's metadata and spec.
   *
   * @param further variables that the attempt's kind of object adds
   * @throws RefusedOrderException when the step asks for what cannot be
   */
  PodTemplateSpec of(Plan plan, List<EnvVar> further) {
    PodSpec spec = spec(plan, further);
    if (plan.asked().podPatch() != null) {
      PodPatch.apply(plan, spec);
    }
    return permitted(
        plan,
        new PodTemplateSpecBuilder()
            .withNewMetadata()
            .withLabels(labels(plan))
            .withAnnotations(annotations(plan))
            .endMetadata()
            .withSpec(spec)
            .build());
  }

  /** The last that happens to a pod: nothing is added to it after it was judged. */
  private PodTemplateSpec permitted(Plan plan, PodTemplateSpec pod) {
    List<Breach> breaches = policy.breaches(plan.namespace(), plan.members(), pod);
    if (!breaches.isEmpty()) {
      throw new RefusedOrderException(
          breaches.stream().map(Breach::toString).collect(Collectors.joining("; ")));
    }
    return pod;
  }

  private PodSpec spec(Plan plan, List<EnvVar> further) {
    Kubernetes asked = plan.asked();
    var mounts = new Mounts(plan, config, defaults, resources);
    return new PodSpecBuilder()
        .withRestartPolicy("Never")
        .withEnableServiceLinks(false)
        .withActiveDeadlineSeconds(deadline(plan))
        .withTerminationGracePeriodSeconds(seconds(grace(asked)))
        .withServiceAccountName(or(asked.serviceAccount(), config.serviceAccount().orElse(null)))
        .withImagePullSecrets(pullSecrets(asked))
        .withNodeSelector(merged(defaults.nodeSelector(), asked.nodeSelector()))
        .withTolerations(tolerations(asked))
        .withAffinity(
            asked.affinity() == null
                ? null
                : ForeignJson.read("kubernetes.affinity", asked.affinity(), Affinity.class))
        .withTopologySpreadConstraints(
            ForeignJson.list(
                "kubernetes.topologySpread",
                asked.topologySpread(),
                TopologySpreadConstraint.class))
        .withPriorityClassName(asked.priorityClass())
        .withRuntimeClassName(asked.runtimeClass())
        .withVolumes(mounts.volumes())
        .withContainers(container(plan, mounts, further))
        .build();
  }

  private Container container(Plan plan, Mounts mounts, List<EnvVar> further) {
    Kubernetes asked = plan.asked();
    Order.Launch order = plan.order();
    return new ContainerBuilder()
        .withName(plan.container())
        .withImage(image(plan))
        .withImagePullPolicy(or(asked.imagePullPolicy(), config.imagePullPolicy().orElse(null)))
        .withCommand(literals(order.container().command()))
        .withArgs(literals(order.container().args()))
        .withWorkingDir(order.container().workingDir())
        .withEnv(variables(plan, further))
        .withEnvFrom(envFrom(asked))
        .withPorts(ports(asked))
        .withResources(resources.of(plan))
        .withVolumeMounts(mounts.mounts())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withSecurityContext(
            asked.securityContext() == null
                ? null
                : ForeignJson.read(
                    "kubernetes.securityContext", asked.securityContext(), SecurityContext.class))
        .build();
  }

  private List<EnvVar> variables(Plan plan, List<EnvVar> further) {
    var byName = new LinkedHashMap<String, EnvVar>();
    environment.of(plan).forEach(variable -> byName.put(variable.getName(), variable));
    further.forEach(variable -> byName.put(variable.getName(), variable));
    return new ArrayList<>(byName.values());
  }

  private String image(Plan plan) {
    String image = or(plan.order().container().image(), config.image().orElse(null));
    if (image == null) {
      throw new RefusedOrderException(
          "step %s: container.image is missing, and millrace.kubernetes.image names none either; a pod needs one"
              .formatted(plan.order().of().task().step()));
    }
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean hasRegistry = first.contains(".") || first.contains(":") || first.equals("localhost");
    return hasRegistry || config.registry().isEmpty()
        ? image
        : config.registry().get().replaceAll("/+$", "") + "/" + image;
  }

  private static List<String> literals(List<String> words) {
    return words == null ? List.of() : words.stream().map(PodEnvironment::literal).toList();
  }

  private List<EnvFromSource> envFrom(Kubernetes asked) {
    var secrets = new LinkedHashSet<>(defaults.secrets());
    secrets.addAll(asked.secrets());
    Stream<EnvFromSource> maps =
        asked.configMaps().stream()
            .map(
                name ->
                    new EnvFromSourceBuilder()
                        .withNewConfigMapRef()
                        .withName(name)
                        .endConfigMapRef()
                        .build());
    Stream<EnvFromSource> hidden =
        secrets.stream()
            .map(
                name ->
                    new EnvFromSourceBuilder()
                        .withNewSecretRef()
                        .withName(name)
                        .endSecretRef()
                        .build());
    return Stream.concat(maps, hidden).toList();
  }

  /** The ports of a step; the first is where a gang meets. */
  List<Integer> portNumbers(Kubernetes asked) {
    return asked.ports().isEmpty() ? config.port().stream().toList() : asked.ports();
  }

  private List<ContainerPort> ports(Kubernetes asked) {
    return portNumbers(asked).stream()
        .map(port -> new ContainerPortBuilder().withContainerPort(port).build())
        .toList();
  }

  private List<LocalObjectReference> pullSecrets(Kubernetes asked) {
    List<String> names =
        asked.imagePullSecrets().isEmpty() ? defaults.imagePullSecrets() : asked.imagePullSecrets();
    return names.stream().map(LocalObjectReference::new).toList();
  }

  private List<Toleration> tolerations(Kubernetes asked) {
    var all =
        new ArrayList<>(
            asked.tolerations() == null
                ? ForeignJson.list(
                    "millrace.kubernetes.tolerations", defaults.tolerations(), Toleration.class)
                : ForeignJson.list(
                    "kubernetes.tolerations", asked.tolerations(), Toleration.class));
    // Kubernetes' own is five minutes, for which a step of a dead node would be waited for.
    for (String taint : NODE_LOST) {
      if (all.stream().noneMatch(one -> one.getKey() == null || one.getKey().equals(taint))) {
        all.add(
            new TolerationBuilder()
                .withKey(taint)
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(seconds(config.nodeLostAfter()))
                .build());
      }
    }
    return all;
  }

  private long deadline(Plan plan) {
    Duration asked = or(plan.asked().activeDeadline(), plan.order().timeout());
    return Math.max(1, seconds(or(asked, config.activeDeadline())));
  }

  private Duration grace(Kubernetes asked) {
    return or(asked.terminationGrace(), config.terminationGrace());
  }

  static long seconds(Duration duration) {
    return duration.plusMillis(999).toSeconds();
  }

  static <T> T or(T asked, T otherwise) {
    return asked == null ? otherwise : asked;
  }

  private static Map<String, String> merged(Map<String, String> less, Map<String, String> more) {
    var result = new TreeMap<>(less);
    result.putAll(more);
    return result;
  }
}
