package io.millrace.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule by itself: what breaks it, what does not, and what allows it. */
class PolicyTest {
  private static final String MAIN = "containers: [{name: main, image: busybox}]";

  private static List<Breach> breaches(String pod, String... keysAndValues) {
    return breaches("{}", pod, keysAndValues);
  }

  private static List<Breach> judge(
      String namespace, String annotations, String pod, String... keysAndValues) {
    return judge(namespace, 1, annotations, pod, keysAndValues);
  }

  private static List<Breach> judge(
      String namespace, int members, String annotations, String pod, String... keysAndValues) {
    var settings = new HashMap<String, String>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      settings.put("millrace.policy." + keysAndValues[i], keysAndValues[i + 1]);
    }
    PodTemplateSpec template =
        new KubernetesSerialization()
            .unmarshal(
                "metadata: {annotations: %s}\nspec: {%s}"
                    .formatted(annotations, pod.replace('\n', ' ')),
                PodTemplateSpec.class);
    return new Policy(PolicyConfigTest.config(settings)).breaches(namespace, members, template);
  }

  private static List<Breach> breaches(String annotations, String pod, String[] keysAndValues) {
    return judge("default", annotations, pod, keysAndValues);
  }

  private static void refused(List<Breach> breaches, String rule, String... words) {
    assertThat(breaches).extracting(Breach::rule).containsExactly(rule);
    assertThat(breaches.getFirst().toString()).contains("policy rule " + rule);
    for (String word : words) {
      assertThat(breaches.getFirst().toString()).contains(word);
    }
  }

  @Test
  void anOrdinaryPodBreaksNothing() {
    assertThat(
            breaches(
                """
                serviceAccountName: steps, securityContext: {runAsNonRoot: true},
                volumes: [{name: a, emptyDir: {}}, {name: b, persistentVolumeClaim: {claimName: c}}],
                initContainers: [{name: first, image: x}],
                containers: [{name: main, image: y, resources: {requests: {cpu: 64, memory: 1Ti}},
                  securityContext: {capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}}]
                """))
        .isEmpty();
  }

  @Test
  void namespaces() {
    assertThat(judge("team-a", "{}", MAIN, "namespaces", "team-*,other")).isEmpty();
    refused(judge("kube-system", "{}", MAIN, "namespaces", "team-*"), "namespaces", "kube-system");
  }

  @Test
  void gangSize() {
    assertThat(judge("default", 4, "{}", MAIN, "gang-size", "4")).isEmpty();
    assertThat(judge("default", 4, "{}", MAIN)).isEmpty();
    refused(
        judge("default", 5, "{}", MAIN, "gang-size", "4"), "gang-size", "5 members", "at most 4");
  }

  @Test
  void serviceAccounts() {
    String account = MAIN + ", serviceAccountName: ";
    assertThat(breaches(account + "steps", "service-accounts", "steps")).isEmpty();
    refused(breaches(account + "root", "service-accounts", "steps"), "service-accounts", "root");
    refused(breaches(MAIN, "service-accounts", "steps"), "service-accounts", "default");
    refused(
        breaches(account + "steps, serviceAccount: root", "service-accounts", "steps"),
        "service-accounts",
        "root");
  }

  @ParameterizedTest
  @CsvSource({
    "ghcr.io/acme/fit:1, true",
    "ghcr.io/acme/deep/fit, true",
    "ghcr.io/acme, false",
    "evil.io/ghcr.io/acme/fit, false",
    "ghcrXio/acme/fit, false",
    "busybox:1, true",
    "busybox, false",
  })
  void images(String image, boolean allowed) {
    var breaches =
        breaches(
            "containers: [{name: main, image: '%s'}]".formatted(image),
            "images",
            "ghcr.io/acme/*,busybox:1");
    assertThat(breaches.isEmpty()).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "containers: [{name: main, image: good}, {name: side, image: bad}]",
        "containers: [{name: main, image: good}], initContainers: [{name: first, image: bad}]",
        "containers: [{name: main, image: good}], initContainers: [{name: s, image: bad, restartPolicy: Always}]",
        "containers: [{name: main, image: good}], volumes: [{name: v, image: {reference: bad}}]",
        "containers: [{name: main, image: good}, {name: none}]",
      })
  void imagesOfWhateverIsPulled(String pod) {
    refused(breaches(pod, "images", "good"), "images");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "host-network | hostNetwork: true",
        "host-pid | hostPID: true",
        "host-ipc | hostIPC: true",
      })
  void namespacesOfTheNode(String rule, String field) {
    refused(breaches(MAIN + ", " + field), rule, "millrace.policy." + rule + "=true");
    assertThat(breaches(MAIN + ", " + field, rule, "true")).isEmpty();
    assertThat(breaches(MAIN + ", " + field.replace("true", "false"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/mnt/data, true",
    "/mnt/data/, true",
    "/mnt/data/a, true",
    "/mnt/database, false",
    "/mnt, false",
    "/, false",
    "/mnt/data/../../etc, false",
    "/var/run/docker.sock, false",
  })
  void hostPaths(String path, boolean allowed) {
    String pod = MAIN + ", volumes: [{name: v, hostPath: {path: '%s'}}]".formatted(path);
    refused(breaches(pod), "host-paths", path, "allowed are none");
    assertThat(breaches(pod, "host-paths", "/mnt/data").isEmpty()).isEqualTo(allowed);
  }

  /** In each place where a container can stand. */
  private static List<String> withContainer(String rest) {
    return List.of(
        "containers: [{name: main, image: x, %s}]".formatted(rest),
        "containers: [{name: main, image: x}, {name: side, image: x, %s}]".formatted(rest),
        MAIN + ", initContainers: [{name: first, image: x, %s}]".formatted(rest),
        MAIN
            + ", initContainers: [{name: s, image: x, restartPolicy: Always, %s}]".formatted(rest));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "privileged | true | securityContext: {privileged: true}",
        "privileged | true | securityContext: {windowsOptions: {hostProcess: true}}",
        "capabilities | SYS_ADMIN | securityContext: {capabilities: {add: [SYS_ADMIN]}}",
        "capabilities | SYS_ADMIN | securityContext: {capabilities: {add: [cap_sys_admin]}}",
        "capabilities | * | securityContext: {capabilities: {add: [ALL]}}",
        "host-ports | true | 'ports: [{containerPort: 80, hostPort: 80}]'",
        "unconfined | true | securityContext: {seccompProfile: {type: Unconfined}}",
        "unconfined | true | securityContext: {appArmorProfile: {type: Unconfined}}",
        "unconfined | true | securityContext: {procMount: Unmasked}",
        "unconfined | true | securityContext: {seLinuxOptions: {type: spc_t}}",
        "unconfined | true | securityContext: {seLinuxOptions: {user: system_u}}",
      })
  void whatNoContainerMayHave(String rule, String allowing, String field) {
    for (String pod : withContainer(field)) {
      refused(breaches(pod), rule, "container '");
      assertThat(breaches(pod, rule, allowing)).as(pod).isEmpty();
    }
  }

  @Test
  void aCapabilityThatIsAllowedAllowsNoOther() {
    refused(
        breaches(
            "containers: [{name: main, image: x, securityContext: {capabilities: {add: [CHOWN, SYS_ADMIN]}}}]",
            "capabilities",
            "CHOWN"),
        "capabilities",
        "SYS_ADMIN",
        "allowed are CHOWN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unconfined | seccompProfile: {type: Unconfined}",
        "unconfined | appArmorProfile: {type: Unconfined}",
        "unconfined | seLinuxOptions: {role: sysadm_r}",
        "unconfined | 'sysctls: [{name: kernel.msgmax, value: \"1\"}]'",
        "privileged | windowsOptions: {hostProcess: true}",
      })
  void whatNoPodMayHave(String rule, String field) {
    String pod = MAIN + ", securityContext: {" + field + "}";
    refused(breaches(pod), rule, "the pod");
    assertThat(breaches(pod, rule, "true")).isEmpty();
  }

  @Test
  void appArmorIsNotSwitchedOffByAnAnnotationEither() {
    String annotation = "{container.apparmor.security.beta.kubernetes.io/main: unconfined}";
    refused(judge("default", annotation, MAIN), "unconfined", "AppArmor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        MAIN + ", hostSomething: true",
        MAIN + ", volumes: [{name: v, hostDevice: {path: /dev/mem}}]",
        MAIN + ", securityContext: {hostSomething: true}",
        "containers: [{name: main, image: x, hostDevices: [all]}]",
        "containers: [{name: main, image: x, securityContext: {superPrivileged: true}}]",
      })
  void fieldsThatNobodyKnowsHere(String pod) {
    refused(breaches(pod), "unknown-fields");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cpu | 2 | cpu: 2 | cpu: 2001m",
        "memory | 1Gi | memory: 1024Mi | memory: 1025Mi",
        "disk | 10G | ephemeral-storage: 10G | ephemeral-storage: 11G",
        "gpu | 1 | nvidia.com/gpu: 1 | amd.com/gpu: 2",
        "gpu | 1 | amd.com/gpu: 1 | 'amd.com/gpu: 1, nvidia.com/gpu: 1'",
        "resources.\"acme.com/fpga\" | 1 | acme.com/fpga: 1 | acme.com/fpga: 2",
      })
  void ceilings(String key, String most, String fits, String tooMuch) {
    for (String kind : List.of("requests", "limits")) {
      String pod = "containers: [{name: main, image: x, resources: {" + kind + ": {%s}}}]";
      assertThat(breaches(pod.formatted(fits), "ceilings." + key, most)).isEmpty();
      refused(
          breaches(pod.formatted(tooMuch), "ceilings." + key, most),
          "ceilings." + key.replace("\"", ""),
          "at most " + most);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true | containers: [{name: a, %s}]",
        "false | 'containers: [{name: a, %s}, {name: b, %s}]'",
        "true | 'containers: [{name: a, %s}], initContainers: [{name: b, %s}, {name: c, %s}]'",
        "false | 'containers: [{name: a, %s}], initContainers: [{name: b, restartPolicy: Always, %s}]'",
        "false | 'containers: [{name: a}], initContainers: [{name: b, restartPolicy: Always, %s}, {name: c, %s}]'",
        "true | 'containers: [{name: a}], initContainers: [{name: c, %s}, {name: b, restartPolicy: Always, %s}]'",
        "false | 'containers: [{name: a}], resources: {requests: {cpu: 9}}'",
      })
  void ceilingsHoldForAllContainersTogether(boolean fits, String pod) {
    String each = "image: x, resources: {requests: {cpu: 2}}";
    assertThat(breaches(pod.replace("%s", each), "ceilings.cpu", "3").isEmpty()).isEqualTo(fits);
  }

  @Test
  void everythingIsSaidAtOnce() {
    assertThat(
            breaches(
                "hostNetwork: true, containers: [{name: main, image: x, securityContext: {privileged: true}}]",
                "images",
                "y"))
        .extracting(Breach::rule)
        .containsExactlyInAnyOrder("host-network", "privileged", "images");
  }
}
