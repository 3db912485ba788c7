package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Pods for tests, by their status as {@code kubectl get -o yaml} shows it. */
final class Pods {
  private static final KubernetesSerialization FORM = new KubernetesSerialization();

  private Pods() {}

  static Pod pod(String status) {
    return pod("", status);
  }

  static Pod pod(String metadata, String status) {
    return FORM.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: n, uid: u, creationTimestamp: "2026-01-02T03:00:00Z",
          annotations: {millrace.io/identity: millrace/r/fit/0, kubectl.kubernetes.io/default-container: fit}%s}
        spec: {nodeName: node-1}
        status: %s
        """
            .formatted(metadata.isEmpty() ? "" : ", " + metadata, status),
        Pod.class);
  }

  /** A pod whose step's container has ended. */
  static Pod ended(int exit, String reason, String message) {
    return pod(
        "{phase: %s, containerStatuses: [{name: fit, state: {terminated: {exitCode: %d, reason: %s, message: '%s', finishedAt: '2026-01-02T03:01:00Z'}}}]}"
            .formatted(exit == 0 ? "Succeeded" : "Failed", exit, reason, message));
  }
}
