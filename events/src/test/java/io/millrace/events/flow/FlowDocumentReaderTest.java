package io.millrace.events.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Linear;
import io.millrace.events.flow.FlowDocument.OverItems;
import io.millrace.events.flow.FlowDocument.OverOutcome;
import io.millrace.events.flow.FlowDocument.OverParameter;
import io.millrace.events.flow.FlowDocument.Split;
import io.millrace.events.flow.FlowDocument.Switch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a flow's author writes, and every mistake at once in the words that are read then. */
class FlowDocumentReaderTest {
  /** A flow with everything in it. */
  static final String FULL =
      """
      name: train
      description: Trains a model
      priority: 5
      parameters:
        rows: {type: integer, default: 10, description: how many}
        files: {type: json, required: true}
        note: {}
      limits: {maxParallelTasks: 20, maxParallelTasksOfFlow: 40, runTimeout: 2h}
      triggers:
        schedule: {cron: ["0 6 * * *", "30 0 12 * * 7"], timezone: Europe/Berlin, parameters: {files: [a]}}
        events:
        - {event: data.ready, where: {region: eu}, parameters: {files: names}}
        - {flow: other.flow, step: fit}
        - {flow: other.flow}
        - {flow: other.flow, result: failed}
        match: any
        window: 1h
        reset: {cron: "0 0 * * *"}
      announce: {prefix: metaflow.Train, payload: {team: a}}
      start: begin
      steps:
      - name: begin
        container: {image: busybox, command: [sh, -c], args: [echo, 1, true], env: {A: b, N: 1}, workingDir: /tmp}
        resources: {cpu: 500m, memory: 1Gi, disk: 10G, gpu: 1}
        kubernetes:
          kind: pod
          imagePullPolicy: IfNotPresent
          imagePullSecrets: [registry]
          gpuVendor: amd
          extendedResources: {example.com/fpga: 2}
          qos: guaranteed
          sharedMemory: 64Mi
          tmpfs: {size: 1Gi, path: /fast}
          nodeSelector: {disk: ssd}
          tolerations: [{key: spot, operator: Exists}]
          affinity: {nodeAffinity: {}}
          topologySpread: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
          persistentVolumeClaims: {corpus: /corpus}
          configMaps: [settings]
          secrets: [password]
          envFromFields: {NODE: spec.nodeName}
          ports: [8080, 9090]
          labels: {team: a}
          annotations: {note: b}
          serviceAccount: trainer
          namespace: team
          securityContext: {runAsUser: 1000}
          priorityClass: high
          runtimeClass: gvisor
          activeDeadline: 2h
          ttl: 3d
          terminationGrace: 30s
          podPatch: {initContainers: [{name: fetch, image: f}], containers: [], volumes: []}
        retry: {user: 2, infrastructure: 4, delay: 5s, maxDelay: 1m, neverOnExitCodes: [3, 202], maxAttempts: 6}
        timeout: 1h30m
        next: [fan, one]
      - {name: fan, container: {image: i}, next: {foreach: work, parameter: files}}
      - {name: work, container: {image: i}, fallback: {command: [x], args: [y], attempts: 3}, next: gather}
      - {name: gather, join: true, container: {image: i}, next: {foreach: again, items: [1, {a: 2}]}}
      - {name: again, container: {image: i}, next: {switch: [again, more]}}
      - {name: more, container: {image: i}, next: {foreach: deep}}
      - {name: deep, container: {command: [x]}, next: inner}
      - {name: inner, join: true, container: {image: i}, next: joined}
      - {name: joined, join: true, container: {image: i}, next: meet}
      - {name: one, container: {image: i}, next: {gang: many, size: 4}}
      - {name: many, container: {image: i}, next: all}
      - {name: all, join: true, container: {image: i}, next: [meet]}
      - {name: meet, join: true, container: {image: i}}
      """;

  @Test
  void everythingIsReadAsItIsWritten() {
    FlowDocument flow = FlowDocumentReader.read(FlowDocuments.parse(FULL));
    assertThat(flow.name()).isEqualTo("train");
    assertThat(flow.priority()).isEqualTo(5);
    assertThat(flow.start()).isEqualTo(StepName.of("begin"));
    assertThat(flow.limits()).isEqualTo(new FlowDocument.Limits(20, 40, Duration.ofHours(2)));
    assertThat(flow.parameters().keySet()).containsExactly("rows", "files", "note");
    assertThat(flow.parameters().get("files").required()).isTrue();
    assertThat(flow.parameters().get("note").type()).isEqualTo(FlowDocument.Type.STRING);
    FlowDocument.Step begin = flow.steps().getFirst();
    assertThat(begin.container().args()).containsExactly("echo", "1", "true");
    assertThat(begin.container().env()).containsEntry("N", "1");
    assertThat(begin.resources()).isEqualTo(new FlowDocument.Resources("500m", "1Gi", "10G", "1"));
    kubernetes(begin.kubernetes());
    assertThat(flow.steps().get(1).kubernetes()).isNull();
    assertThat(begin.retry())
        .isEqualTo(
            new FlowDocument.Retry(
                2, 4, Duration.ofSeconds(5), Duration.ofMinutes(1), List.of(3, 202), 6));
    assertThat(begin.timeout()).isEqualTo(Duration.ofMinutes(90));
    assertThat(begin.next()).isEqualTo(new Split(names("fan", "one")));
    assertThat(next(flow, 1)).isEqualTo(new Foreach(name("work"), new OverParameter("files")));
    assertThat(flow.steps().get(2).fallback())
        .isEqualTo(new FlowDocument.Fallback(List.of("x"), List.of("y"), 3));
    assertThat(((Foreach) next(flow, 3)).over()).isInstanceOf(OverItems.class);
    assertThat(next(flow, 4)).isEqualTo(new Switch(names("again", "more")));
    assertThat(next(flow, 5)).isEqualTo(new Foreach(name("deep"), new OverOutcome()));
    assertThat(next(flow, 9)).isEqualTo(new Gang(name("many"), 4));
    assertThat(next(flow, 11)).isEqualTo(new Linear(name("meet")));
    assertThat(next(flow, 12)).isEqualTo(new FlowDocument.End());
  }

  @Test
  void triggersAreReadAsTheyAreWritten() {
    FlowDocument flow = FlowDocumentReader.read(FlowDocuments.parse(FULL));
    Triggers triggers = flow.triggers();
    assertThat(triggers.schedule().times())
        .isEqualTo(new Triggers.Times(List.of("0 6 * * *", "30 0 12 * * 7"), "Europe/Berlin"));
    assertThat(triggers.schedule().parameters().get("files")).hasToString("[\"a\"]");
    assertThat(triggers.events().stream().map(Triggers.On::label))
        .containsExactly(
            "data.ready", "flow other.flow step fit", "flow other.flow", "flow other.flow failed");
    assertThat(triggers.events().getFirst().where()).containsEntry("region", "eu");
    assertThat(triggers.events().getFirst().parameters()).containsEntry("files", "names");
    assertThat(triggers.match()).isEqualTo(Triggers.Match.ANY);
    assertThat(triggers.window()).isEqualTo(Duration.ofHours(1));
    assertThat(triggers.reset()).isEqualTo(new Triggers.Times(List.of("0 0 * * *"), "UTC"));
    assertThat(flow.announcedAs()).isEqualTo("metaflow.Train");
  }

  @Test
  void everythingWrongWithTriggersIsSaidAtOnce() {
    assertThat(
            problems(
                """
                name: f
                triggers:
                  schedule: {cron: 5, zone: UTC}
                  events:
                  - {event: a b}
                  - {event: a, flow: b}
                  - {step: s}
                  - {event: c}
                  - {event: d, result: lost}
                  - {event: c, parameters: {x: 1}}
                  match: some
                  reset: {cron: []}
                announce: {}
                steps: [{name: s, container: {command: [x]}}]
                """))
        .contains(
            "triggers.schedule.cron: expected a cron expression or a list of 1 to 20 of them, found a number",
            "triggers.schedule.zone: unknown field; expected one of cron, parameters, timezone",
            "triggers.events[0].event: expected 1 to 255 visible ASCII characters, found 'a b'",
            "triggers.events[1]: expected either 'event', a name, or 'flow', a flow that succeeds",
            "triggers.events[2].step: only a flow has steps; name it by 'flow'",
            "triggers.events[4].result: expected succeeded or failed, found \"lost\"",
            "triggers.events[5]: 'c' stands in the list before; name each once",
            "triggers.events[5].parameters.x: expected a text, found 1",
            "triggers.match: expected all or any, found \"some\"",
            "triggers.reset.cron: expected a cron expression or a list of 1 to 20 of them, found an empty list",
            "announce.prefix: expected 1 to 255 visible ASCII characters");
  }

  private static void kubernetes(Kubernetes section) {
    assertThat(section.kind()).isEqualTo(Kubernetes.Kind.POD);
    assertThat(section.imagePullPolicy()).isEqualTo("IfNotPresent");
    assertThat(section.imagePullSecrets()).containsExactly("registry");
    assertThat(section.gpuVendor()).isEqualTo("amd");
    assertThat(section.extendedResources()).containsEntry("example.com/fpga", "2");
    assertThat(section.qos()).isEqualTo(Kubernetes.Qos.GUARANTEED);
    assertThat(section.sharedMemory()).isEqualTo("64Mi");
    assertThat(section.tmpfs()).isEqualTo(new Kubernetes.Tmpfs("1Gi", "/fast"));
    assertThat(section.nodeSelector()).containsEntry("disk", "ssd");
    assertThat(section.tolerations()).hasToString("[{\"key\":\"spot\",\"operator\":\"Exists\"}]");
    assertThat(section.affinity()).hasToString("{\"nodeAffinity\":{}}");
    assertThat(section.topologySpread().get(0).get("maxSkew").intValue()).isOne();
    assertThat(section.persistentVolumeClaims()).containsEntry("corpus", "/corpus");
    assertThat(section.configMaps()).containsExactly("settings");
    assertThat(section.secrets()).containsExactly("password");
    assertThat(section.envFromFields()).containsEntry("NODE", "spec.nodeName");
    assertThat(section.ports()).containsExactly(8080, 9090);
    assertThat(section.labels()).containsEntry("team", "a");
    assertThat(section.annotations()).containsEntry("note", "b");
    assertThat(section.serviceAccount()).isEqualTo("trainer");
    assertThat(section.namespace()).isEqualTo("team");
    assertThat(section.securityContext()).hasToString("{\"runAsUser\":1000}");
    assertThat(section.priorityClass()).isEqualTo("high");
    assertThat(section.runtimeClass()).isEqualTo("gvisor");
    assertThat(section.activeDeadline()).isEqualTo(Duration.ofHours(2));
    assertThat(section.ttl()).isEqualTo(Duration.ofDays(3));
    assertThat(section.terminationGrace()).isEqualTo(Duration.ofSeconds(30));
    assertThat(section.podPatch().get("initContainers").get(0).get("name").asText())
        .isEqualTo("fetch");
  }

  private static FlowDocument.Next next(FlowDocument flow, int step) {
    return flow.steps().get(step).next();
  }

  private static StepName name(String name) {
    return StepName.of(name);
  }

  private static List<StepName> names(String one, String other) {
    return List.of(name(one), name(other));
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    FlowDocument flow =
        FlowDocumentReader.read(
            FlowDocuments.parse("{name: f, steps: [{name: a, container: {image: i}}]}"));
    assertThat(flow.start()).isEqualTo(name("a"));
    assertThat(flow.limits()).isEqualTo(new FlowDocument.Limits(100, 0, null));
    assertThat(flow.steps().getFirst().retry())
        .isEqualTo(
            new FlowDocument.Retry(
                0, 3, Duration.ofSeconds(1), Duration.ofMinutes(5), List.of(), 1000));
    assertThat(flow.steps().getFirst().timeout()).isNull();
    assertThat(flow.steps().getFirst().fallback()).isNull();
  }

  private static List<String> problems(String yaml) {
    var problems = new ArrayList<FlowProblem>();
    FlowDocumentReader.read(FlowDocuments.parse(yaml), problems);
    return problems.stream().map(FlowProblem::toString).toList();
  }

  @Test
  void everyMistakeIsToldAtOnceAndByItsPlace() {
    assertThat(
            problems(
                """
                name: 7up
                priority: high
                colour: red
                parameters:
                  9lives: {type: cat}
                  n: {type: integer, default: x}
                  m: {default: x, required: true}
                limits: {maxParallelTasks: 0, runTimeout: soon}
                steps:
                - name: a-b
                  container: {}
                - name: c
                  container: {command: {x: y}, env: {MILLRACE_X: 1, L: [1], E: null}, imagee: i}
                  join: maybe
                  timeout: 4000d
                  resources: {cpu: lots}
                  retry: {user: -1, delay: 0s, neverOnExitCodes: 3, maxAttempts: 1.5}
                  fallback: {attempts: 0}
                  next: {foreach: d, items: [], parameter: n}
                - {name: c, container: {image: i}, next: 7}
                - {name: d, container: {image: i}, next: {over: x}}
                - {name: e, next: {gang: f, size: 1}}
                - {name: g, container: {image: i}, next: {switch: []}}
                - {name: h, container: {image: i}, retry: {neverOnExitCodes: [0, x]}, next: []}
                """))
        .containsExactly(
            "name: '7up' must start with a letter and hold letters, digits, '_', '-' and '.' only",
            "parameters.9lives: a parameter's name holds letters, digits and '_' and does not start with a digit",
            "parameters.9lives.type: expected string, integer, number, boolean or json, found 'cat'",
            "parameters.n.default: expected a value of type integer, found a text",
            "parameters.m.required: a parameter with a default is never required; drop one of the two",
            "steps[0] (a-b).name: expected a step's name (letters, digits and '_', not starting with a digit), found 'a-b'",
            "steps[0] (a-b).container: expected an image, a command or both",
            "steps[1] (c).join: expected true or false, found a text",
            "steps[1] (c).container.command: expected a list of texts, found an object",
            "steps[1] (c).container.env.MILLRACE_X: names that start with MILLRACE_ are Millrace's own",
            "steps[1] (c).container.env.L: expected a text, found a list",
            "steps[1] (c).container.env.E: expected a text, found nothing",
            "steps[1] (c).container: expected an image, a command or both",
            "steps[1] (c).container.imagee: unknown field; expected one of args, command, env, image, workingDir",
            "steps[1] (c).resources.cpu: expected a quantity such as 2, 500m, 512M or 4Gi, found 'lots'",
            "steps[1] (c).retry.user: expected a number from 0 to 1000, found -1",
            "steps[1] (c).retry.delay: expected a duration longer than zero, found '0s'",
            "steps[1] (c).retry.neverOnExitCodes: expected a list of numbers, found a number",
            "steps[1] (c).retry.maxAttempts: expected a whole number, found a number 1.5",
            "steps[1] (c).timeout: expected a duration of at most 3650d, found '4000d'",
            "steps[1] (c).fallback.attempts: expected a number from 1 to 100, found 0",
            "steps[1] (c).next: a foreach takes items or parameter, not both",
            "steps[1] (c).next.items: expected a list with at least one item, found an empty list",
            "steps[2] (c).next: expected a step, a list of steps, or an object; found a number",
            "steps[2] (c).name: another step is called 'c'; names are unique",
            "steps[3] (d).next: expected one of foreach, switch or gang",
            "steps[3] (d).next.over: unknown field; expected one of foreach, gang, switch",
            "steps[4] (e).container: missing; a step needs a container with an image, a command or both",
            "steps[4] (e).next.size: expected a number from 2 to 100000, found 1",
            "steps[5] (g).next.switch: expected a list of step names, found an empty list",
            "steps[6] (h).retry.neverOnExitCodes: expected numbers from 1 to 255, found 0",
            "steps[6] (h).retry.neverOnExitCodes: expected numbers from 1 to 255, found \"x\"",
            "steps[6] (h).next: expected a list of step names, found an empty list",
            "limits.maxParallelTasks: expected a number from 1 to 100000, found 0",
            "limits.runTimeout: expected a duration such as 90s, 5m, 1h30m or PT5M, found 'soon'",
            "priority: expected a whole number, found a text \"high\"",
            "colour: unknown field; expected one of announce, description, limits, name, parameters, priority, start, steps, triggers");
  }

  @Test
  void mistakesOfTheKubernetesSection() {
    assertThat(
            problems(
                """
                name: f
                steps:
                - name: a
                  container: {image: i}
                  kubernetes:
                    kind: deployment
                    imagePullPolicy: Sometimes
                    qos: best
                    extendedResources: {example.com/fpga: lots}
                    sharedMemory: much
                    tmpfs: {size: big, where: /x}
                    nodeSelector: [a]
                    tolerations: {key: x}
                    affinity: [x]
                    envFromFields: {MILLRACE_X: spec.nodeName}
                    ports: [0, http]
                    labels: {a: [b]}
                    ttl: 0s
                    podPatch: {containers: {}, hostNetwork: true}
                    colour: red
                """))
        .containsExactly(
            "steps[0] (a).kubernetes.kind: expected job or pod or jobset, found 'deployment'",
            "steps[0] (a).kubernetes.imagePullPolicy: expected Always, IfNotPresent or Never, found 'Sometimes'",
            "steps[0] (a).kubernetes.extendedResources.example.com/fpga: expected a quantity such as 2, 500m, 512M or 4Gi, found 'lots'",
            "steps[0] (a).kubernetes.qos: expected burstable or guaranteed, found 'best'",
            "steps[0] (a).kubernetes.sharedMemory: expected a quantity such as 2, 500m, 512M or 4Gi, found 'much'",
            "steps[0] (a).kubernetes.tmpfs.size: expected a quantity such as 2, 500m, 512M or 4Gi, found 'big'",
            "steps[0] (a).kubernetes.tmpfs.where: unknown field; expected one of path, size",
            "steps[0] (a).kubernetes.nodeSelector: expected an object of names and texts, found a list",
            "steps[0] (a).kubernetes.tolerations: expected a list, found an object",
            "steps[0] (a).kubernetes.affinity: expected an object, found a list",
            "steps[0] (a).kubernetes.envFromFields.MILLRACE_X: names that start with MILLRACE_ are Millrace's own",
            "steps[0] (a).kubernetes.ports: expected numbers from 1 to 65535, found 0",
            "steps[0] (a).kubernetes.ports: expected numbers from 1 to 65535, found \"http\"",
            "steps[0] (a).kubernetes.labels.a: expected a text, found a list",
            "steps[0] (a).kubernetes.ttl: expected a duration longer than zero, found '0s'",
            "steps[0] (a).kubernetes.podPatch.containers: expected a list, found an object",
            "steps[0] (a).kubernetes.podPatch.hostNetwork: unknown field; expected one of containers, initContainers, volumes",
            "steps[0] (a).kubernetes.colour: unknown field; expected one of activeDeadline, affinity, annotations, configMaps, envFromFields, extendedResources, gpuVendor, imagePullPolicy, imagePullSecrets, kind, labels, namespace, nodeSelector, persistentVolumeClaims, podPatch, ports, priorityClass, qos, runtimeClass, secrets, securityContext, serviceAccount, sharedMemory, terminationGrace, tmpfs, tolerations, topologySpread, ttl");
  }

  @Test
  void whatIsNoDocumentAtAll() {
    assertThat(problems(""))
        .containsExactly("document: expected an object with name and steps, found nothing");
    assertThat(problems("[a]"))
        .containsExactly("document: expected an object with name and steps, found a list");
    assertThat(problems("{}"))
        .containsExactly(
            "name: missing; every flow has a name",
            "steps: expected a list with at least one step, found nothing");
    assertThat(problems("{name: [x], steps: 7}"))
        .containsExactly(
            "name: expected a text, found a list",
            "steps: expected a list with at least one step, found a number");
    assertThat(problems("{name: f, steps: [a]}"))
        .containsExactly(
            "steps[0]: expected an object, found a text",
            "steps[0].name: expected a step's name (letters, digits and '_', not starting with a digit), found nothing",
            "steps[0].container: missing; a step needs a container with an image, a command or both");
    assertThat(problems("{name: f, steps: [" + "{},".repeat(2001) + "]}"))
        .containsExactly("steps: expected at most 2000 steps, found 2001");
    assertThat(problems("{name: f, steps: [" + "{},".repeat(2000) + "]}"))
        .hasSize(FlowProblem.MOST);
  }

  @Test
  void whatIsNoYaml() {
    assertThatExceptionOfType(InvalidFlowException.class)
        .isThrownBy(() -> FlowDocuments.parse("name: [x"))
        .withMessageStartingWith("line 1: expected YAML or JSON: ");
    assertThatExceptionOfType(InvalidFlowException.class)
        .isThrownBy(() -> FlowDocuments.parse("name: a\nname: b"))
        .withMessageContaining("Duplicate field 'name'");
    assertThatExceptionOfType(InvalidFlowException.class)
        .isThrownBy(() -> FlowDocuments.parse("[".repeat(500)))
        .withMessageContaining("depth");
    assertThatExceptionOfType(InvalidFlowException.class)
        .isThrownBy(() -> FlowDocumentReader.read(FlowDocuments.parse("{}")))
        .satisfies(wrong -> assertThat(wrong.problems()).hasSize(2));
  }

  @Test
  void layoutOrderAndCommentsDoNotChangeAFlowsAddress() {
    JsonNode one =
        FlowDocuments.parse(
            "name: f # mine\nsteps: [{name: a, container: {image: i, args: [1, x]}}]");
    JsonNode other =
        FlowDocuments.parse(
            "{\"steps\": [{\"container\": {\"args\": [1, \"x\"], \"image\": \"i\"}, \"name\": \"a\"}], \"name\": \"f\"}");
    assertThat(FlowDocuments.ref(one)).isEqualTo(FlowDocuments.ref(other));
    assertThat(FlowDocuments.ref(one))
        .hasToString("f@d37992a6f84830f6cf285b0aadb5ee7e377551444d98fb137363e1d1de4442b3");
    assertThat(FlowDocuments.canonical(other).toString())
        .isEqualTo(
            "{\"name\":\"f\",\"steps\":[{\"container\":{\"args\":[1,\"x\"],\"image\":\"i\"},\"name\":\"a\"}]}");
    JsonNode third =
        FlowDocuments.parse("{name: f, steps: [{name: a, container: {image: i, args: [x, 1]}}]}");
    assertThat(FlowDocuments.ref(third)).isNotEqualTo(FlowDocuments.ref(one));
  }
}
