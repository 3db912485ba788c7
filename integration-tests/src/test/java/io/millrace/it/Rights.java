package io.millrace.it;

import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a service account may do, as the API server itself answers. */
record Rights(KubernetesClient client, String namespace, String account) {
  private static final List<String> VERBS =
      List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

  /** Resource, subresource and group; one object by its name behind a {@code #}. */
  private static final List<String> RESOURCES =
      List.of(
          "pods",
          "pods/log",
          "pods/exec",
          "pods/portforward",
          "pods/eviction",
          "pods/status",
          "pods/ephemeralcontainers",
          "events",
          "secrets",
          "secrets#millrace-s3",
          "configmaps",
          "services",
          "endpoints",
          "serviceaccounts",
          "serviceaccounts/token",
          "persistentvolumeclaims",
          "resourcequotas",
          "namespaces",
          "nodes",
          "jobs.batch",
          "jobs/status.batch",
          "cronjobs.batch",
          "jobsets.jobset.x-k8s.io",
          "jobsets/status.jobset.x-k8s.io",
          "deployments.apps",
          "leases.coordination.k8s.io",
          "leases.coordination.k8s.io#millrace-watcher",
          "roles.rbac.authorization.k8s.io",
          "rolebindings.rbac.authorization.k8s.io");

  /** Everything that is allowed in a namespace: resources, and for each the verbs in order. */
  Map<String, String> in(String place) {
    var allowed = new TreeMap<String, String>();
    for (String resource : RESOURCES) {
      String verbs =
          String.join(
              " ", VERBS.stream().filter(verb -> isAllowed(place, verb, resource)).toList());
      if (!verbs.isEmpty()) {
        allowed.put(resource, verbs);
      }
    }
    return allowed;
  }

  private boolean isAllowed(String place, String verb, String text) {
    String[] named = text.split("#");
    String[] grouped = named[0].split("\\.", 2);
    String[] parts = grouped[0].split("/");
    SubjectAccessReview asked =
        new SubjectAccessReviewBuilder()
            .withNewSpec()
            .withUser("system:serviceaccount:" + namespace + ":" + account)
            .withGroups(
                "system:serviceaccounts",
                "system:serviceaccounts:" + namespace,
                "system:authenticated")
            .withNewResourceAttributes()
            .withNamespace(place)
            .withVerb(verb)
            .withGroup(grouped.length > 1 ? grouped[1] : "")
            .withResource(parts[0])
            .withSubresource(parts.length > 1 ? parts[1] : null)
            .withName(named.length > 1 ? named[1] : null)
            .endResourceAttributes()
            .endSpec()
            .build();
    return client.authorization().v1().subjectAccessReview().create(asked).getStatus().getAllowed();
  }
}
