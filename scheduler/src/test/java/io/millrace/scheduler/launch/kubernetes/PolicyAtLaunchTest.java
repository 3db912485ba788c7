package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import io.millrace.scheduler.policy.Policy;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way on which a step could bring in what the policy forbids. */
class PolicyAtLaunchTest {
  private static final Policy STRICT =
      Steps.policy(
          "namespaces", "default",
          "service-accounts", "steps,default",
          "images", "busybox",
          "ceilings.cpu", "2",
          "ceilings.memory", "1Gi",
          "ceilings.disk", "1G",
          "ceilings.gpu", "1",
          "ceilings.resources.\"acme.com/fpga\"", "1");

  private static void refused(Order.Launch order, String rule) {
    Objects objects = Steps.objects(STRICT);
    assertThatThrownBy(() -> objects.of(objects.plan(order), Steps.NOW))
        .isInstanceOf(RefusedOrderException.class)
        .hasMessageContaining("policy rule " + rule + ":");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "namespaces | {namespace: kube-system}",
        "service-accounts | {serviceAccount: root}",
        "privileged | {securityContext: {privileged: true}}",
        "capabilities | {securityContext: {capabilities: {add: [NET_ADMIN]}}}",
        "unconfined | {securityContext: {seccompProfile: {type: Unconfined}}}",
        "unknown-fields | {securityContext: {Privileged: true}}",
        "ceilings.resources.acme.com/fpga | {extendedResources: {acme.com/fpga: 2}}",
        "ceilings.cpu | {extendedResources: {cpu: 64}}",
        "unconfined | {annotations: {container.apparmor.security.beta.kubernetes.io/fit: unconfined}}",
        "host-paths | {podPatch: {volumes: [{name: v, hostPath: {path: /}}]}}",
        "images | {podPatch: {volumes: [{name: v, image: {reference: evil}}]}}",
        "images | {podPatch: {initContainers: [{name: i, image: evil}]}}",
        "images | {podPatch: {containers: [{name: s, image: evil}]}}",
        "privileged | {podPatch: {initContainers: [{name: i, image: busybox, securityContext: {privileged: true}}]}}",
        "privileged | {podPatch: {containers: [{name: s, image: busybox, securityContext: {privileged: true}}]}}",
        "capabilities | {podPatch: {containers: [{name: s, image: busybox, securityContext: {capabilities: {add: [ALL]}}}]}}",
        "capabilities | {podPatch: {initContainers: [{name: i, image: busybox, securityContext: {capabilities: {add: [ALL]}}}]}}",
        "host-ports | {podPatch: {containers: [{name: s, image: busybox, ports: [{containerPort: 1, hostPort: 1}]}]}}",
        "ceilings.cpu | {podPatch: {containers: [{name: s, image: busybox, resources: {limits: {cpu: 3}}}]}}",
        "ceilings.memory | {podPatch: {initContainers: [{name: i, image: busybox, resources: {requests: {memory: 2Gi}}}]}}",
        "unknown-fields | {podPatch: {volumes: [{name: v, hostpath: {path: /}}]}}",
      })
  void byTheStepsSection(String rule, String section) {
    refused(Steps.kubernetes(section), rule);
  }

  @ParameterizedTest
  @CsvSource({
    "ceilings.cpu, 3",
    "ceilings.memory, 2Gi",
    "ceilings.disk, 2G",
    "ceilings.gpu, 2",
  })
  void byTheStepsResources(String rule, String amount) {
    String name = rule.substring("ceilings.".length());
    refused(Steps.step("resources: {%s: %s}".formatted(name, amount)), rule);
  }

  @Test
  void byTheStepsImage() {
    refused(Steps.order("{name: fit, container: {image: evil}}", 0, Map.of()), "images");
  }

  /** There is no way to write these; a reader that lets them in must not be enough. */
  @ParameterizedTest
  @ValueSource(strings = {"hostNetwork: true", "hostPID: true", "hostIPC: true", "nodeName: a"})
  void thePatchTakesNoFieldsOfThePodItself(String field) {
    assertThatThrownBy(() -> Steps.kubernetes("{podPatch: {%s}}".formatted(field)))
        .hasMessageContaining(field.substring(0, field.indexOf(':')));
  }

  @ParameterizedTest
  @ValueSource(strings = {"job", "pod"})
  void everyKindIsJudged(String kind) {
    refused(
        Steps.kubernetes("{kind: %s, securityContext: {privileged: true}}".formatted(kind)),
        "privileged");
  }

  @Test
  void everyMemberOfAGangIsJudged() {
    refused(
        Steps.order(
            Steps.IMAGE + ", kubernetes: {securityContext: {privileged: true}}}", 3, Map.of()),
        "privileged");
  }

  @Test
  void aLaunchIsRejectedBeforeAnythingIsSent() {
    try (var server = new ScriptedApiServer()) {
      var executor =
          new KubernetesExecutor(
              server.client(),
              Steps.config(),
              Optional.empty(),
              STRICT,
              Clock.fixed(Steps.NOW, ZoneOffset.UTC));
      var order = Steps.kubernetes("{securityContext: {privileged: true}}");
      Observation answer = executor.launch(order).await().atMost(Duration.ofSeconds(20));
      assertThat(answer).isInstanceOf(Observation.Rejected.class);
      assertThat(((Observation.Rejected) answer).message()).contains("policy rule privileged");
      assertThat(server.requests()).isEmpty();
    }
  }

  private static List<FlowProblem> dryRun(Optional<Objects> objects, String steps) {
    var document =
        FlowDocumentReader.read(FlowDocuments.parse("{name: w, steps: [" + steps + "]}"));
    return new DryRun(objects).problems(Steps.FLOW, document);
  }

  @Test
  void anAuthorHearsOfEveryStepAtOnce() {
    String steps =
        """
        {name: start, container: {image: evil}, next: {gang: train, size: 2}},
        {name: train, container: {image: busybox}, kubernetes: {securityContext: {privileged: true}}, next: done},
        {name: done, join: true, container: {image: busybox}}""";
    assertThat(dryRun(Optional.of(Steps.objects(STRICT)), steps))
        .extracting(FlowProblem::toString)
        .satisfiesExactly(
            start -> assertThat(start).startsWith("steps[0] (start): policy rule images"),
            train -> assertThat(train).startsWith("steps[1] (train): policy rule privileged"));
  }

  @Test
  void stepsThatAreProcessesAreNotJudged() {
    assertThat(dryRun(Optional.empty(), "{name: start, container: {command: [ls]}}")).isEmpty();
  }
}
