package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The images and manifests as they are, on a real cluster: from nothing to a flow that has run. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeploymentClusterIT {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));

  private static final String FLOW =
      """
      name: hello
      steps:
        - name: start
          container: {command: [sh, -c, 'echo good morning']}
          next: {gang: work, size: 2}
        - {name: work, container: {command: [sh, -c, 'echo member $MILLRACE_NODE_INDEX']}, next: end}
        - {name: end, join: true, container: {command: [sh, -c, 'echo good night']}}
      """;

  /** The rights that each role's code uses, and so all that it has. */
  private static final Map<String, String> RIGHTS =
      Map.of(
          "scheduler",
          """
          jobs.batch: get create patch
          jobsets.jobset.x-k8s.io: get create patch
          pods: get create patch delete
          """,
          "watcher",
          """
          events: list watch
          jobs.batch: get list watch patch delete
          jobsets.jobset.x-k8s.io: get list watch patch delete
          leases.coordination.k8s.io: create
          leases.coordination.k8s.io#millrace-watcher: get create update patch
          pods: get list watch patch delete
          pods/log: get
          """,
          "api",
          """
          pods: get list watch
          pods/log: get
          """);

  @TempDir private Path folder;
  private Deployment deployment;

  @BeforeAll
  void deploy() throws Exception {
    Images.buildAndLoad(HOME);
    deployment = new Deployment(HOME);
    deployment.apply();
  }

  @AfterAll
  void remove() throws Exception {
    if (deployment != null) {
      deployment.close();
    }
  }

  @Test
  void aFlowRunsAndItsJobsAndLogsAreFound() throws Exception {
    Path flow = Files.writeString(folder.resolve("hello.yaml"), FLOW);

    deployment.millrace("deploy", flow.toString());
    String followed = deployment.millrace("run", "hello", "--run", "first", "--follow");

    assertThat(followed).as(deployment.said()).contains("Run first succeeded");
    assertThat(
            deployment.kubectl(
                "get",
                "jobs",
                "-n",
                deployment.namespace,
                "-l",
                "app.kubernetes.io/part-of=metaflow",
                "-o",
                "custom-columns=FLOW:.metadata.labels.metaflow/flow_name,STEP:.metadata.labels.metaflow/step_name",
                "--no-headers"))
        .isEqualToNormalizingWhitespace("hello end hello start hello work hello work");
    assertThat(deployment.millrace("logs", "first"))
        .contains("good morning", "member 0", "member 1", "good night");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheduler", "watcher", "api"})
  void aRoleHasTheRightsThatItNeedsAndNoOther(String role) {
    var rights = new Rights(deployment.client, deployment.namespace, "millrace-" + role);

    assertThat(rights.in(deployment.namespace))
        .isEqualTo(
            RIGHTS
                .get(role)
                .lines()
                .map(line -> line.split(": "))
                .collect(Collectors.toMap(line -> line[0], line -> line[1])));
    assertThat(rights.in("default")).isEmpty();
    // In all namespaces, and of what has none.
    assertThat(rights.in("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"scheduler", "watcher", "api", "parts"})
  void aPodRunsWithoutPrivilegesOnAReadOnlyFileSystem(String component) {
    Pod pod = deployment.pods(component).getFirst();
    Container container = pod.getSpec().getContainers().getFirst();

    assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isEqualTo(10001);
    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(Arrays.asList(container.getReadinessProbe(), container.getLivenessProbe()))
        .doesNotContainNull();
  }
}
