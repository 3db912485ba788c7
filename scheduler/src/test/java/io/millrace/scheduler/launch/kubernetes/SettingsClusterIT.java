package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.millrace.events.AttemptId;
import io.millrace.events.Observation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a step asks for, seen from inside its running container. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SettingsClusterIT {
  private final Cluster cluster = new Cluster();

  @BeforeAll
  void prepare() throws Exception {
    var client = cluster.client;
    String in = cluster.namespace;
    client
        .secrets()
        .inNamespace(in)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("keys")
                .endMetadata()
                .withStringData(Map.of("SECRET_KEY", "s3cret"))
                .build())
        .create();
    client
        .configMaps()
        .inNamespace(in)
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("settings")
                .endMetadata()
                .withData(Map.of("SETTING", "a setting"))
                .build())
        .create();
    client
        .serviceAccounts()
        .inNamespace(in)
        .resource(
            new ServiceAccountBuilder().withNewMetadata().withName("runner").endMetadata().build())
        .create();
    cluster.watching();
  }

  @AfterAll
  void close() {
    cluster.close();
  }

  /** Runs a script, which must succeed, and returns what it wrote. */
  private String output(String name, String script, String rest) throws Exception {
    AttemptId of = cluster.launch(name, script, rest);
    Observation end = cluster.end(of);
    String log = log(of);
    assertThat(end).as(log).isInstanceOf(Observation.Succeeded.class);
    return log;
  }

  private String log(AttemptId of) {
    Pod pod = cluster.pods(of).getFirst();
    return cluster
        .client
        .pods()
        .inNamespace(cluster.namespace)
        .withName(pod.getMetadata().getName())
        .inContainer(of.task().step().value())
        .getLog();
  }

  @Test
  void limitsOfMemoryAndCpu() throws Exception {
    String cgroup =
        output(
            "limits",
            // The second of each pair is where version 1 of control groups has it.
            "cd /sys/fs/cgroup; cat memory.max 2>/dev/null || cat memory/memory.limit_in_bytes; "
                + "cut -d ' ' -f 1 cpu.max 2>/dev/null || cat cpu/cpu.cfs_quota_us",
            "resources: {cpu: 1, memory: 64Mi}, kubernetes: {qos: guaranteed}");
    assertThat(cgroup.lines().toList()).containsExactly("67108864", "100000");
    assertThat(cluster.pods(AttemptId.parse("run-1/limits/0")).getFirst().getStatus().getQosClass())
        .isEqualTo("Guaranteed");
  }

  @Test
  void foldersInMemory() throws Exception {
    List<String> lines =
        output(
                "memory",
                "df -m /dev/shm /scratch | tail -n 2 | awk '{print $2, $6}'; mount | grep -c 'on /scratch type tmpfs'",
                "kubernetes: {sharedMemory: 32Mi, tmpfs: {size: 16Mi, path: /scratch}}")
            .lines()
            .toList();
    assertThat(lines).containsExactly("32 /dev/shm", "16 /scratch", "1");
  }

  @Test
  void variablesOfSecretsConfigMapsAndFields() throws Exception {
    assertThat(
            output(
                "env",
                "echo $SECRET_KEY; echo $SETTING; [ -n \"$MY_NODE\" ] && echo node; echo 'a $(b) $$c'",
                "kubernetes: {secrets: [keys], configMaps: [settings], envFromFields: {MY_NODE: spec.nodeName}}"))
        .isEqualTo("s3cret\na setting\nnode\na $(b) $$c\n");
  }

  @Test
  void userServiceAccountLabelsAndAnnotations() throws Exception {
    assertThat(
            output(
                "user",
                "id -u; touch /etc/x 2>/dev/null || echo read-only",
                """
                kubernetes: {serviceAccount: runner, labels: {team: blue}, annotations: {note: hello},
                  securityContext: {runAsUser: 1234, readOnlyRootFilesystem: true}, terminationGrace: 7s}\
                """))
        .isEqualTo("1234\nread-only\n");
    Pod pod = cluster.pods(AttemptId.parse("run-1/user/0")).getFirst();
    assertThat(pod.getSpec().getServiceAccountName()).isEqualTo("runner");
    assertThat(pod.getSpec().getTerminationGracePeriodSeconds()).isEqualTo(7);
    assertThat(pod.getMetadata().getLabels()).containsEntry("team", "blue");
    assertThat(pod.getMetadata().getAnnotations()).containsEntry("note", "hello");
  }

  @Test
  void anInitContainerAndASidecar() throws Exception {
    assertThat(
            output(
                "patched",
                "cat /shared/made",
                """
                kubernetes: {podPatch: {
                  volumes: [{name: shared, emptyDir: {}}],
                  initContainers: [{name: make, image: 'local/busybox:1', command: [sh, -c, 'echo made > /shared/made'], volumeMounts: [{name: shared, mountPath: /shared}]}],
                  containers: [{name: patched, volumeMounts: [{name: shared, mountPath: /shared}]},
                               {name: beside, image: 'local/busybox:1', command: ['true']}]}}\
                """))
        .isEqualTo("made\n");
  }

  @Test
  void aFinishedJobIsRemovedInTime() throws Exception {
    AttemptId of = cluster.launch("ttl", "true", "");
    cluster.end(of);
    var job =
        cluster
            .client
            .batch()
            .v1()
            .jobs()
            .inNamespace(cluster.namespace)
            .withLabel("metaflow/step_name", "ttl")
            .list()
            .getItems()
            .getFirst();
    assertThat(job.getSpec().getTtlSecondsAfterFinished()).isEqualTo(7 * 24 * 3600);
    assertThat(job.getSpec().getBackoffLimit()).isZero();
  }
}
