package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.CloudEvents;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.local.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that start by themselves, on a real broker, whatever is killed when. */
class TriggersIT {
  @TempDir Path folder;
  private Installation installation;

  @BeforeEach
  void install() {
    installation = new Installation(folder);
  }

  @AfterEach
  void remove() {
    installation.close();
  }

  /** A flow whose only step puts parameter x among its outputs. */
  private static String flow(String name, String triggers) {
    return """
        name: %s
        parameters: {x: {type: integer, default: 0}}
        triggers: %s
        steps:
          - name: only
            container:
              command: [sh, -c, 'printf "{\\"v\\":1,\\"ok\\":true,\\"outputs\\":{\\"x\\":%%s}}" "$MILLRACE_PARAM_X" > "$MILLRACE_OUTCOME_FILE"']
        """
        .formatted(name, triggers);
  }

  private void deploy(String name, String triggers) {
    var answer = installation.post("one", "/api/v1/flows", flow(name, triggers));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }

  /** As any program with a Kafka client publishes an event. */
  private void publish(String name, String id, Object payload) {
    var headers = new RecordHeaders();
    CloudEvents.headers(id, "test", name, name, Instant.now()).forEach(headers::add);
    installation.send(
        new ProducerRecord<>(
            "millrace.trigger-events",
            null,
            name.getBytes(StandardCharsets.UTF_8),
            Json.write(payload),
            headers));
  }

  private JsonNode get(String path) {
    var answer = installation.get("one", path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.read(answer.body().getBytes(StandardCharsets.UTF_8), JsonNode.class, "an answer")
            instanceof Decoded.Understood<JsonNode>(JsonNode tree)
        ? tree
        : null;
  }

  private List<JsonNode> runs(String flow) {
    var all = new ArrayList<JsonNode>();
    get("/api/v1/runs?flow=" + flow).get("runs").forEach(all::add);
    return all;
  }

  /** The run that some event starts: the first one that has this value of x. */
  private CompletableFuture<PublicEvents.Seen> started(String flow, int x) {
    return installation
        .events()
        .event(
            "run.started",
            ".*",
            seen ->
                seen.data().path("flow").asText().startsWith(flow + "@")
                    && seen.data().path("parameters").path("x").asInt() == x);
  }

  private JsonNode finished(String flow, int x) {
    RunId run = RunId.of(await(started(flow, x)).subject());
    assertThat(await(installation.events().end(run))).isEqualTo("succeeded");
    return get("/api/v1/runs/" + run);
  }

  @Test
  void anEventThatIsDeliveredTwiceStartsOneRun() {
    installation.start("one");
    deploy("single", "{events: [{event: data.ready, where: {kind: a}, parameters: {x: rows}}]}");
    publish("data.ready", "e1", Map.of("kind", "b", "rows", 3));
    publish("data.ready", "e2", Map.of("kind", "a", "rows", "5", "id", "mine"));
    publish("data.ready", "e2", Map.of("kind", "a", "rows", "5", "id", "mine"));
    publish("data.ready", "e3", Map.of("kind", "a", "rows", 7));

    JsonNode run = finished("single", 5);
    finished("single", 7);

    assertThat(runs("single")).hasSize(2);
    JsonNode event = run.get("triggeredBy").get(0);
    assertThat(event.get("name").asText()).isEqualTo("data.ready");
    assertThat(event.get("id").asText()).isEqualTo("mine");
    assertThat(event.get("type").asText()).isEqualTo("event");
  }

  @Test
  void severalEventsAreGatheredAndASuccessIsOne() {
    installation.start("one");
    deploy("first", "{events: [{event: a, parameters: {x: x}}, {event: b}], window: 1h}");
    deploy("second", "{events: [{flow: first, parameters: {x: x}}]}");
    deploy(
        "third",
        "{events: [{flow: first, step: only}, {event: millrace.second.end, parameters: {x: x}}]}");
    publish("a", "a1", Map.of("x", 1));
    publish("a", "a2", Map.of("x", 2));
    Eventually.answers(() -> installation.get("one", "/api/v1/flows/first"), "\"a2\"");
    publish("b", "b1", Map.of());

    assertThat(finished("first", 2).get("triggeredBy")).hasSize(2);
    JsonNode second = finished("second", 0);
    assertThat(second.get("triggeredBy").get(0).get("type").asText()).isEqualTo("run");
    assertThat(finished("third", 0).get("triggeredBy")).hasSize(2);
    assertThat(runs("first")).hasSize(1);
    assertThat(runs("second")).hasSize(1);
    Audit.assertClean(installation.brokers());
  }

  @Test
  void aRunThatFailsIsAnEventToo() {
    installation.start("one");
    String boom = "{name: boom, steps: [{name: only, container: {command: [sh, -c, 'exit 3']}}]}";
    assertThat(installation.post("one", "/api/v1/flows", boom).statusCode()).isEqualTo(201);
    deploy("mourning", "{events: [{flow: boom, result: failed, where: {result: failed}}]}");
    deploy("waiting", "{events: [{flow: boom}, {flow: boom, step: only}], match: any}");
    RunId failed = installation.publish("boom", "boom", Map.of());
    JsonNode event = finished("mourning", 0).get("triggeredBy").get(0);
    assertThat(event.get("id").asText()).isEqualTo("boom/" + failed + "/failed");
    assertThat(event.get("type").asText()).isEqualTo("run");
    assertThat(runs("waiting")).isEmpty();
  }

  @Test
  void whoDiesBetweenAnEventAndItsRunLosesNothing() {
    installation.start("one");
    deploy("kept", "{events: [{event: a, parameters: {x: x}}, {event: b}]}");
    publish("a", "a1", Map.of("x", 4));
    Eventually.answers(() -> installation.get("one", "/api/v1/flows/kept"), "\"a1\"");
    installation.kill("one");

    // At its start each tells the triggers again: the second command is the event's.
    ChildJvm decided = installation.launch("one", "millrace.halt-at=decided:2");
    publish("b", "b1", Map.of());
    await(decided.handle().onExit());
    ChildJvm ordered = installation.launch("one", "millrace.halt-at=ordered:2");
    await(ordered.handle().onExit());
    installation.start("one");

    finished("kept", 4);
    publish("a", "a1", Map.of("x", 4));
    publish("b", "b1", Map.of());
    publish("a", "a2", Map.of("x", 5));
    publish("b", "b2", Map.of());
    finished("kept", 5);
    assertThat(runs("kept")).hasSize(2);
    Audit.assertClean(installation.brokers());
  }

  @Test
  void aScheduleStartsRunsUntilItsFlowIsWithdrawn() {
    installation.start("one");
    deploy("ticking", "{schedule: {cron: '* * * * * *', parameters: {x: 9}}}");
    JsonNode run = finished("ticking", 9);
    JsonNode event = run.get("triggeredBy").get(0);
    assertThat(event.get("type").asText()).isEqualTo("schedule");
    Instant time = Instant.parse(event.get("time").asText());
    assertThat(Instant.parse(get("/api/v1/flows/ticking").get("next").asText())).isAfter(time);

    installation.kill("one");
    installation.start("one");
    int before = runs("ticking").size();
    var started = new HashSet<String>();
    await(
        installation
            .events()
            .event(
                "run.started", ".*", s -> started.add(s.subject()) && started.size() > before + 1));
    List<JsonNode> runs = runs("ticking");
    assertThat(runs.stream().map(TriggersIT::time).distinct()).hasSameSizeAs(runs);
    assertThat(installation.delete("one", "/api/v1/flows/ticking").statusCode()).isEqualTo(204);
    assertThat(installation.get("one", "/api/v1/flows/ticking").statusCode()).isEqualTo(404);
  }

  private static String time(JsonNode run) {
    return run.get("triggeredBy").get(0).get("time").asText();
  }

  @Test
  void theDoorOfTheApiLeadsToTheSameTopicAndNonsenseIsRefused() throws Exception {
    installation.start("one");
    deploy("door", "{events: [{event: a, parameters: {x: x}}]}");
    var answer =
        installation.post(
            "one", "/api/v1/trigger-events", "{\"name\": \"a\", \"payload\": {\"x\": 6}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    finished("door", 6);
    assertThat(installation.post("one", "/api/v1/trigger-events", "{\"name\": \"a b\"}").body())
        .contains("expected 1 to 255 visible ASCII characters");

    publish("a", "list", List.of(1));
    installation.send(
        new ProducerRecord<>("millrace.trigger-events", "bare".getBytes(StandardCharsets.UTF_8)));
    publish("a", "text", Map.of("x", "no number"));
    List<String> reasons = DeadLetterReasons.first(installation.brokers(), 3);
    assertThat(reasons)
        .anySatisfy(reason -> assertThat(reason).contains("payload as a JSON object, found array"))
        .anySatisfy(
            reason -> assertThat(reason).contains("ce_specversion=1.0, found no such header"))
        .anySatisfy(
            reason ->
                assertThat(reason)
                    .contains("parameter 'x' is of type integer, found \"no number\""));
    assertThat(runs("door")).hasSize(1);
  }
}
