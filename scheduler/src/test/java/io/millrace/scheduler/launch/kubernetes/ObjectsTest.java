package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.millrace.events.Json;
import io.millrace.events.Order;
import io.millrace.watcher.Marks;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each thing that a step can ask for is in the object that it becomes. */
class ObjectsTest {

  private static Job job(Order.Launch order, String... config) {
    Objects objects = Steps.objects(config);
    return (Job) objects.of(objects.plan(order), Steps.NOW);
  }

  private static PodSpec pod(Order.Launch order, String... config) {
    return job(order, config).getSpec().getTemplate().getSpec();
  }

  private static Container container(Order.Launch order, String... config) {
    return pod(order, config).getContainers().getFirst();
  }

  private static Map<String, String> environment(Container container) {
    return container.getEnv().stream()
        .filter(variable -> variable.getValue() != null)
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  private static void refused(Order.Launch order, String message) {
    assertThatExceptionOfType(RefusedOrderException.class)
        .isThrownBy(() -> job(order))
        .withMessageContaining(message);
  }

  @Test
  void aJobRunsOnePodOnce() {
    Job job = job(Steps.step(""));
    assertThat(job.getSpec().getBackoffLimit()).isZero();
    assertThat(job.getSpec().getCompletions()).isOne();
    assertThat(job.getSpec().getTtlSecondsAfterFinished()).isEqualTo(7 * 24 * 3600);
    PodSpec pod = job.getSpec().getTemplate().getSpec();
    assertThat(pod.getRestartPolicy()).isEqualTo("Never");
    assertThat(pod.getTerminationGracePeriodSeconds()).isZero();
    assertThat(pod.getActiveDeadlineSeconds()).isEqualTo(5 * 24 * 3600);
    assertThat(pod.getContainers()).hasSize(1);
    assertThat(pod.getContainers().getFirst().getTerminationMessagePolicy())
        .isEqualTo("FallbackToLogsOnError");
  }

  @Test
  void labelsAndIdentity() {
    Job job = job(Steps.step(""), "installation", "blue");
    Map<String, String> expected =
        Map.of(
            "app.kubernetes.io/part-of",
            "metaflow",
            "app.kubernetes.io/name",
            "metaflow-task",
            "app.kubernetes.io/managed-by",
            "millrace",
            "metaflow/flow_name",
            "weather",
            "metaflow/run_id",
            "run-1",
            "metaflow/step_name",
            "fit",
            "metaflow/task_id",
            "fit-3",
            "metaflow/attempt",
            "2",
            Marks.INSTALLATION,
            "blue",
            Marks.OBJECT,
            job.getMetadata().getName());
    for (ObjectMeta of : List.of(job.getMetadata(), job.getSpec().getTemplate().getMetadata())) {
      assertThat(of.getLabels()).containsAllEntriesOf(expected);
      assertThat(of.getAnnotations()).containsEntry(Marks.IDENTITY, "blue/run-1/fit-3/2");
    }
  }

  @Test
  void labelsAndAnnotationsOfTheStepGoBeforeTheConfigurationsAndTheSystemsBeforeBoth() {
    Job job =
        job(
            Steps.kubernetes(
                "{labels: {team: a, metaflow/run_id: x}, annotations: {note: mine, millrace.io/identity: x}}"),
            "labels",
            "team=b,site=c",
            "annotations",
            "note=theirs,more=d");
    assertThat(job.getMetadata().getLabels())
        .containsEntry("team", "a")
        .containsEntry("site", "c")
        .containsEntry("metaflow/run_id", "run-1");
    assertThat(job.getMetadata().getAnnotations())
        .containsEntry("note", "mine")
        .containsEntry("more", "d")
        .containsEntry(Marks.IDENTITY, "millrace/run-1/fit-3/2");
  }

  @Test
  void cpuMemoryAndDiskAreRequests() {
    Container container =
        container(Steps.step("resources: {cpu: 2.0, memory: 4096.0M, disk: 10G}"));
    assertThat(container.getResources().getRequests())
        .containsEntry("cpu", new Quantity("2.0"))
        .containsEntry("memory", new Quantity("4096.0M"))
        .containsEntry("ephemeral-storage", new Quantity("10G"));
    assertThat(container.getResources().getLimits()).isEmpty();
  }

  @Test
  void requestsOfTheConfigurationCountMegabytes() {
    Container container =
        container(Steps.step(""), "cpu", "3", "memory", "512", "METAFLOW_KUBERNETES_DISK", "1024");
    assertThat(container.getResources().getRequests())
        .containsEntry("cpu", new Quantity("3"))
        .containsEntry("memory", new Quantity("512M"))
        .containsEntry("ephemeral-storage", new Quantity("1024M"));
  }

  @Test
  void guaranteedQosMakesLimitsOfRequests() {
    Container container =
        container(Steps.step("resources: {cpu: 1, memory: 1G}, kubernetes: {qos: guaranteed}"));
    assertThat(container.getResources().getLimits())
        .isEqualTo(container.getResources().getRequests())
        .hasSize(2);
  }

  @Test
  void gpusAreALimitByVendor() {
    assertThat(container(Steps.step("resources: {gpu: 2}")).getResources().getLimits())
        .containsEntry("nvidia.com/gpu", new Quantity("2"));
    assertThat(
            container(Steps.step("resources: {gpu: 2}, kubernetes: {gpuVendor: amd}"))
                .getResources()
                .getLimits())
        .containsOnlyKeys("amd.com/gpu");
  }

  @Test
  void extendedResourcesAreRequestedAndLimited() {
    Container container = container(Steps.kubernetes("{extendedResources: {example.com/fpga: 2}}"));
    assertThat(container.getResources().getRequests())
        .containsEntry("example.com/fpga", new Quantity("2"));
    assertThat(container.getResources().getLimits())
        .containsEntry("example.com/fpga", new Quantity("2"));
  }

  @Test
  void imageWithItsPolicyAndSecrets() {
    Order.Launch order = Steps.kubernetes("{imagePullPolicy: Never, imagePullSecrets: [registry]}");
    assertThat(container(order).getImage()).isEqualTo("busybox");
    assertThat(container(order).getImagePullPolicy()).isEqualTo("Never");
    assertThat(pod(order).getImagePullSecrets()).extracting("name").containsExactly("registry");
  }

  @Test
  void imagesOfNoRegistryGetTheConfigurations() {
    assertThat(container(Steps.step(""), "registry", "r.example/x/").getImage())
        .isEqualTo("r.example/x/busybox");
    Order.Launch other = Steps.order("{name: a, container: {image: 'q.io/b:1'}}", 0, Map.of());
    assertThat(container(other, "registry", "r.example").getImage()).isEqualTo("q.io/b:1");
    Order.Launch none = Steps.order("{name: a, container: {command: [x]}}", 0, Map.of());
    assertThat(container(none, "image", "python:3.12").getImage()).isEqualTo("python:3.12");
    refused(none, "container.image is missing");
  }

  @Test
  void serviceAccountNamespaceAndClasses() {
    Job job =
        job(
            Steps.kubernetes(
                "{serviceAccount: trainer, namespace: team, priorityClass: high, runtimeClass: gvisor}"));
    assertThat(job.getMetadata().getNamespace()).isEqualTo("team");
    PodSpec pod = job.getSpec().getTemplate().getSpec();
    assertThat(pod.getServiceAccountName()).isEqualTo("trainer");
    assertThat(pod.getPriorityClassName()).isEqualTo("high");
    assertThat(pod.getRuntimeClassName()).isEqualTo("gvisor");
  }

  @Test
  void nodeSelectorsAreMerged() {
    assertThat(
            pod(Steps.kubernetes("{nodeSelector: {disk: ssd}}"), "node-selector", "zone=a,disk=hdd")
                .getNodeSelector())
        .isEqualTo(Map.of("zone", "a", "disk", "ssd"));
  }

  @Test
  void tolerationsOfTheStepReplaceTheConfigurations() {
    String configured = "[{\"key\": \"gpu\", \"operator\": \"Exists\"}]";
    assertThat(pod(Steps.step(""), "tolerations", configured).getTolerations())
        .extracting(Toleration::getKey)
        .containsExactly("gpu", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
    assertThat(
            pod(
                    Steps.kubernetes("{tolerations: [{key: spot, value: x}]}"),
                    "tolerations",
                    configured)
                .getTolerations()
                .getFirst()
                .getKey())
        .isEqualTo("spot");
    refused(
        Steps.kubernetes("{tolerations: [{tolerationSeconds: soon}]}"),
        "kubernetes.tolerations[0]: expected a Toleration of the Kubernetes API");
  }

  @Test
  void aNodeThatIsNotHeardOfIsLeftSoon() {
    assertThat(pod(Steps.step(""), "node-lost-after", "7s").getTolerations())
        .allSatisfy(
            toleration -> {
              assertThat(toleration.getEffect()).isEqualTo("NoExecute");
              assertThat(toleration.getTolerationSeconds()).isEqualTo(7);
            });
  }

  @Test
  void affinityAndTopologySpread() {
    PodSpec pod =
        pod(
            Steps.kubernetes(
                """
                {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone}]}},
                 topologySpread: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]}\
                """));
    assertThat(
            pod.getAffinity()
                .getPodAntiAffinity()
                .getRequiredDuringSchedulingIgnoredDuringExecution())
        .hasSize(1);
    assertThat(pod.getTopologySpreadConstraints().getFirst().getTopologyKey()).isEqualTo("zone");
    refused(Steps.kubernetes("{affinity: {nodeAffinity: [x]}}"), "kubernetes.affinity: expected");
    refused(Steps.kubernetes("{topologySpread: [x]}"), "kubernetes.topologySpread[0]: expected");
  }

  @Test
  void configMapsAndSecretsBecomeVariables() {
    Container container =
        container(Steps.kubernetes("{configMaps: [m], secrets: [s]}"), "secrets", "all, s");
    assertThat(container.getEnvFrom())
        .extracting(
            from ->
                from.getConfigMapRef() != null
                    ? "map " + from.getConfigMapRef().getName()
                    : "secret " + from.getSecretRef().getName())
        .containsExactly("map m", "secret all", "secret s");
  }

  @Test
  void variablesFromFields() {
    assertThat(container(Steps.kubernetes("{envFromFields: {NODE: spec.nodeName}}")).getEnv())
        .filteredOn(variable -> variable.getName().equals("NODE"))
        .extracting(variable -> variable.getValueFrom().getFieldRef().getFieldPath())
        .containsExactly("spec.nodeName");
  }

  @Test
  void tmpfsIsHalfOfTheMemoryUnlessSaid() {
    Order.Launch half = Steps.step("resources: {memory: 1Gi}, kubernetes: {tmpfs: {path: /fast}}");
    Volume volume = pod(half).getVolumes().getFirst();
    assertThat(volume.getEmptyDir().getMedium()).isEqualTo("Memory");
    assertThat(volume.getEmptyDir().getSizeLimit()).isEqualTo(new Quantity("512Mi"));
    assertThat(container(half).getVolumeMounts().getFirst().getMountPath()).isEqualTo("/fast");
    assertThat(
            pod(Steps.kubernetes("{tmpfs: {size: 9Mi}}"))
                .getVolumes()
                .getFirst()
                .getEmptyDir()
                .getSizeLimit())
        .isEqualTo(new Quantity("9Mi"));
  }

  @Test
  void sharedMemory() {
    Order.Launch order = Steps.kubernetes("{sharedMemory: 64Mi}");
    assertThat(pod(order).getVolumes().getFirst().getEmptyDir().getSizeLimit())
        .isEqualTo(new Quantity("64Mi"));
    assertThat(container(order).getVolumeMounts().getFirst().getMountPath()).isEqualTo("/dev/shm");
    assertThat(
            pod(Steps.step(""), "METAFLOW_KUBERNETES_SHARED_MEMORY", "32")
                .getVolumes()
                .getFirst()
                .getEmptyDir()
                .getSizeLimit())
        .isEqualTo(new Quantity("32Mi"));
  }

  @Test
  void persistentVolumeClaims() {
    Order.Launch order = Steps.kubernetes("{persistentVolumeClaims: {corpus: /corpus}}");
    PodSpec pod = pod(order, "persistent-volume-claims", "{\"all\": \"/all\"}");
    assertThat(pod.getVolumes())
        .extracting(volume -> volume.getPersistentVolumeClaim().getClaimName())
        .containsExactly("all", "corpus");
    assertThat(pod.getContainers().getFirst().getVolumeMounts())
        .extracting("mountPath")
        .containsExactly("/all", "/corpus");
  }

  @Test
  void portsAndSecurityContext() {
    Container container =
        container(Steps.kubernetes("{ports: [8080, 9090], securityContext: {runAsUser: 1000}}"));
    assertThat(container.getPorts()).extracting("containerPort").containsExactly(8080, 9090);
    assertThat(container.getSecurityContext().getRunAsUser()).isEqualTo(1000);
    refused(
        Steps.kubernetes("{securityContext: {runAsUser: root}}"),
        "kubernetes.securityContext: expected a SecurityContext of the Kubernetes API");
  }

  @Test
  void deadlineGraceAndTtl() {
    Job job = job(Steps.kubernetes("{activeDeadline: 2h, terminationGrace: 30s, ttl: 3d}"));
    PodSpec pod = job.getSpec().getTemplate().getSpec();
    assertThat(pod.getActiveDeadlineSeconds()).isEqualTo(7200);
    assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(30);
    assertThat(job.getSpec().getTtlSecondsAfterFinished()).isEqualTo(3 * 24 * 3600);
    assertThat(pod(Steps.step("timeout: 1500ms")).getActiveDeadlineSeconds()).isEqualTo(2);
  }

  @Test
  void aNameIsHeldLongerThanItsOrderMayBeLate() {
    assertThat(job(Steps.kubernetes("{ttl: 1s}")).getSpec().getTtlSecondsAfterFinished())
        .isEqualTo(900 + 3600);
  }

  @Test
  void aPatchAddsContainersAndVolumes() {
    PodSpec pod =
        pod(
            Steps.kubernetes(
                """
                {podPatch: {initContainers: [{name: fetch, image: f}],
                            containers: [{name: proxy, image: p}, {name: fit, volumeMounts: [{name: d, mountPath: /d}]}],
                            volumes: [{name: d, emptyDir: {}}]}}\
                """));
    assertThat(pod.getInitContainers()).extracting("name").containsExactly("fetch");
    assertThat(pod.getContainers()).extracting("name").containsExactly("fit", "proxy");
    assertThat(pod.getContainers().getFirst().getVolumeMounts())
        .extracting("mountPath")
        .containsExactly("/d");
    assertThat(pod.getVolumes()).extracting("name").containsExactly("d");
    refused(
        Steps.kubernetes("{podPatch: {containers: [{name: fit, image: other}]}}"),
        "kubernetes.podPatch.containers[0].image: of the step's own container");
    refused(
        Steps.kubernetes("{podPatch: {volumes: [{name: [x]}]}}"),
        "kubernetes.podPatch.volumes[0]: expected a Volume");
  }

  @Test
  void aStepSeesItsOrder() {
    Order.Launch order =
        Steps.order(
            "{name: my_fit, container: {image: i, env: {A: '$(B) $$ $x'}, command: [sh, -c], args: ['echo $$ $(date)']}}",
            0,
            Map.of("rows", Json.tree(3), "name", Json.tree("a b")));
    Container container = container(order, "env.SITE", "north");
    assertThat(container.getName()).isEqualTo("my-fit");
    assertThat(environment(container))
        .containsEntry("SITE", "north")
        .containsEntry("A", "$$(B) $$$ $x")
        .containsEntry("MILLRACE_RUN_ID", "run-1")
        .containsEntry("MILLRACE_FLOW", "weather")
        .containsEntry("MILLRACE_STEP", "my_fit")
        .containsEntry("MILLRACE_TASK_ID", "my_fit-3")
        .containsEntry("MILLRACE_ATTEMPT", "2")
        .containsEntry("MILLRACE_USER_FAILURES", "0")
        .containsEntry("MILLRACE_SPLIT_INDEX", "3")
        .containsEntry("MILLRACE_INPUTS", "start,load-[0..3]")
        .containsEntry("MILLRACE_PARAM_ROWS", "3")
        .containsEntry("MILLRACE_PARAM_NAME", "a b")
        .containsEntry("MILLRACE_OUTCOME_FILE", "/dev/termination-log")
        .containsEntry("MILLRACE_DATA_URI", "s3://bucket/millrace/data/run-1/my_fit/my_fit-3")
        .containsKey("TRACEPARENT");
    assertThat(container.getArgs()).containsExactly("echo $$$ $$(date)");
  }

  @Test
  void valuesThatNoEnvironmentCanHoldAreRefused() {
    refused(
        Steps.order(
            "{name: a, container: {image: i}}", 0, Map.of("big", Json.tree("x".repeat(102_401)))),
        "variable MILLRACE_PARAM_BIG has 102401 bytes, on Kubernetes at most 102400 are taken");
    refused(
        Steps.order("{name: a, container: {image: i}}", 0, Map.of("nul", Json.tree("a\0b"))),
        "variable MILLRACE_PARAM_NUL holds a NUL character");
  }

  @Test
  void aBarePodIsHeldByAFinalizer() {
    Objects objects = Steps.objects();
    var pod = (Pod) objects.of(objects.plan(Steps.kubernetes("{kind: pod}")), Steps.NOW);
    assertThat(pod.getMetadata().getFinalizers()).containsExactly(Marks.OBSERVED);
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry(Marks.TTL, Integer.toString(7 * 24 * 3600))
        .containsEntry(Marks.NOT_AFTER, Steps.LATER.toString());
    assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
  }

  @Test
  void aGangIsAJobSetAndNothingElse() {
    refused(
        Steps.order(Steps.IMAGE + ", kubernetes: {kind: pod}}", 3, Map.of()),
        "kubernetes.kind: step fit is a gang, which only a jobset can hold, found pod");
  }
}
