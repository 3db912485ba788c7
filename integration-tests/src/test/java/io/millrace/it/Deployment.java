package io.millrace.it;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The overlay for development, applied to the cluster of KUBECONFIG in a namespace of its own. */
final class Deployment implements AutoCloseable {
  private static final List<String> PARTS =
      List.of("millrace-parts", "millrace-scheduler", "millrace-watcher", "millrace-api");

  private static final String OVERLAY =
      """
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      namespace: %s
      resources: [../../k8s/overlays/dev]
      patches:
        - target: {kind: ConfigMap, name: millrace}
          patch: |-
            - {op: replace, path: /data/MILLRACE_KUBERNETES_IMAGE, value: "%s"}
      """;

  /** A slow machine starts four JVMs at once; those that come before the broker are restarted. */
  private static final long PATIENCE_MINUTES = 4;

  final String namespace = "millrace-it-" + UUID.randomUUID().toString().substring(0, 8);
  final KubernetesClient client = new KubernetesClientBuilder().build();
  private final Path home;
  private LocalPortForward forward;

  Deployment(Path home) {
    this.home = home;
  }

  /** Returns when every role is ready. */
  void apply() throws Exception {
    Path overlay = Files.createDirectories(home.resolve("target").resolve(namespace));
    Files.writeString(
        overlay.resolve("kustomization.yaml"), OVERLAY.formatted(namespace, Namespace.IMAGE));
    kubectl("apply", "-k", overlay.toString());
    Files.delete(overlay.resolve("kustomization.yaml"));
    Files.delete(overlay);
    for (String part : PARTS) {
      try {
        client
            .apps()
            .deployments()
            .inNamespace(namespace)
            .withName(part)
            .waitUntilReady(PATIENCE_MINUTES, TimeUnit.MINUTES);
      } catch (KubernetesClientException late) {
        throw new AssertionError(part + " has not become ready; " + said(), late);
      }
    }
    forward =
        client
            .pods()
            .inNamespace(namespace)
            .withName(pods("api").getFirst().getMetadata().getName())
            .portForward(8080);
  }

  String kubectl(String... arguments) throws Exception {
    var command = new String[arguments.length + 1];
    command[0] = "kubectl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Program.run(Map.of(), command);
  }

  /** The command line, speaking to the API here. */
  String millrace(String... arguments) throws Exception {
    var command = new String[arguments.length + 1];
    command[0] = home.resolve("millrace").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return Program.run(
        Map.of("MILLRACE_API", "http://127.0.0.1:" + forward.getLocalPort()), command);
  }

  List<Pod> pods(String component) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/component", component)
        .list()
        .getItems();
  }

  /** What every part of it has to say. */
  String said() {
    var text = new StringBuilder();
    for (String part : PARTS) {
      for (Pod pod : pods(part.substring("millrace-".length()))) {
        String name = pod.getMetadata().getName();
        text.append("== ").append(name).append(' ').append(pod.getStatus()).append('\n');
        try {
          text.append(
              client.pods().inNamespace(namespace).withName(name).tailingLines(40).getLog());
        } catch (KubernetesClientException none) {
          text.append(none.getMessage()).append('\n');
        }
      }
    }
    return text.toString();
  }

  /** Returns when nothing of it is left. */
  @Override
  public void close() throws Exception {
    if (forward != null) {
      forward.close();
    }
    client.namespaces().withName(namespace).delete();
    client
        .namespaces()
        .withName(namespace)
        .waitUntilCondition(Objects::isNull, PATIENCE_MINUTES, TimeUnit.MINUTES);
    client.close();
  }
}
