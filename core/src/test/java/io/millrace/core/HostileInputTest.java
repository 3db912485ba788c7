package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.RunState.Result;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.Triggers;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Records that nobody should have written, on a partition that has work: each is decided or refused
 * with a reason, quickly, and the partition goes on. {@code -Dmillrace.seed=…} replays.
 */
class HostileInputTest {
  private static final int RECORDS = 120_000;
  private static final Duration LONGEST = Duration.ofSeconds(1);
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final long seed = Long.getLong("millrace.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);
  private final List<byte[]> samples = new ArrayList<>();
  private final List<byte[]> next = new ArrayList<>();

  @Test
  void noRecordStopsAPartition() {
    collectSamples();
    var log = new CommandLog(new State(0, 2), Position.START);
    long offset = 0;
    int refused = 0;
    for (int i = 0; i < RECORDS; i++) {
      byte[] record = record();
      long begun = cpuTime();
      try {
        var taken = log.take(offset++, Recording.BEGIN.plusMillis(i), record);
        switch (taken) {
          case CommandLog.Taken.Refused no -> {
            assertThat(no.reason()).isNotBlank();
            refused++;
          }
          case CommandLog.Taken.Decided yes -> writeDown(yes.decision());
        }
      } catch (UnknownBehaviourException newer) {
        log.refuse(offset - 1, Recording.BEGIN, "skipped");
      } catch (RuntimeException | Error wrong) {
        throw new AssertionError(
            "-Dmillrace.seed=%d, record %d: %s".formatted(seed, i, text(record)), wrong);
      }
      assertThat(Duration.ofNanos(cpuTime() - begun))
          .as("-Dmillrace.seed=%d, record %d: %s", seed, i, text(record))
          .isLessThan(LONGEST);
    }
    assertThat(refused).isBetween(RECORDS / 10, RECORDS * 9 / 10);
    System.out.printf("hostile: %d records, %d refused, seed %d%n", RECORDS, refused, seed);
    goesOn(log, offset);
  }

  /** Of this thread, so that a busy machine is not taken for a slow decision. */
  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** What leaves the engine can be written, and the state read back. */
  private static void writeDown(Decision decision) {
    for (Order order : decision.orders()) {
      assertThat(Json.read(Json.write(order), Order.class, "an order"))
          .isInstanceOf(Decoded.Understood.class);
    }
    decision.events().forEach(Json::write);
    decision.messages().forEach(message -> Json.write(message.command()));
    for (Change change : decision.changes()) {
      if (change.entity() != null) {
        EntityCodec.read(EntityKey.parse(change.key().text()), EntityCodec.write(change.entity()));
      }
    }
  }

  private static void goesOn(CommandLog log, long from) {
    Story story =
        Story.given(
            flow("name: last\nsteps: [{name: a, next: b}, {name: b}]"), new Recording(log, from));
    story.decide(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, 0));
    story.run("last-run").start().succeeded("a").succeeded("b").thenStands(Result.SUCCEEDED);
  }

  private static String text(byte[] record) {
    String text = new String(record, StandardCharsets.UTF_8);
    return text.length() > 3000 ? text.substring(0, 3000) + "…" : text;
  }

  /** Good records of a few worlds, of which some belong to this log and some do not. */
  private void collectSamples() {
    for (int i = 0; i < 6; i++) {
      var world = new World(i, i, false);
      world.live();
      world.takings().stream().limit(800).forEach(taking -> samples.add(taking.value()));
    }
    for (byte[] sample : List.copyOf(samples)) {
      if (new String(sample, StandardCharsets.UTF_8).contains("\"frontier\"")) {
        samples.addAll(Collections.nCopies(200, sample));
      }
    }
    samples.add(Json.write(new Command.RunArchived(RunId.of("run-0-1"))));
    samples.add(Json.write(new Command.CommandSkipped(3, "x")));
    samples.add(Json.write(new Command.BehaviourSet(1)));
    JsonNode document =
        flow(
            "limits: {maxParallelTasks: 9, runTimeout: 1h}\nsteps: [{name: a, timeout: 3m, fallback: {command: [x]}, retry: {user: 1, delay: 5s, neverOnExitCodes: [3]}, next: {foreach: b, items: [1, 2]}}, {name: b, next: c}, {name: c, join: true}]");
    samples.add(Json.write(new Command.FlowDefined(FlowDocuments.ref(document), document)));
    Triggers triggers =
        new Triggers(
            new Triggers.Schedule(
                new Triggers.Times(List.of("0 6 * * 1-5", "*/5 * * * * *"), "Europe/Berlin"),
                Map.of()),
            List.of(
                new Triggers.On("a", null, null, null, null, null),
                new Triggers.On(null, "f", StepName.of("s"), null, Map.of(), Map.of("x", "y"))),
            Triggers.Match.ALL,
            Duration.ofHours(1),
            new Triggers.Times(List.of("0 0 * * *"), "UTC"));
    var event = new TriggerEvent("a", "1", Recording.BEGIN, TriggerEvent.Type.EVENT);
    for (int i = 0; i < 100; i++) {
      samples.add(Json.write(new Command.TriggersSet(FlowDocuments.ref(document), i, triggers)));
      samples.add(
          Json.write(
              new Command.EventArrived(
                  document.path("name").asText(),
                  i % 2 == 0 ? "a" : "flow f step s",
                  "ab" + i,
                  event,
                  Map.of())));
      samples.add(
          Json.write(
              new Command.TimerFired(
                  "triggers/" + document.path("name").asText(), Recording.BEGIN.plusSeconds(i))));
    }
    samples.add(Json.write(new Command.TriggersRemoved(document.path("name").asText(), 200)));
  }

  private byte[] record() {
    if (!next.isEmpty()) {
      return next.removeFirst();
    }
    byte[] sample = samples.get(random.nextInt(samples.size()));
    return switch (random.nextInt(10)) {
      case 0 -> noise(random.nextInt(200));
      case 1 -> damaged(sample);
      case 2 -> sample;
      default -> mutated(sample);
    };
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] damaged(byte[] sample) {
    byte[] copy = sample.clone();
    for (int i = random.nextInt(1, 5); i > 0; i--) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }

  private byte[] mutated(byte[] sample) {
    JsonNode tree =
        Json.tree(
            ((Decoded.Understood<JsonNode>) Json.read(sample, JsonNode.class, "a sample")).value());
    for (int i = 1 + random.nextInt(3) / 2; i > 0; i--) {
      mutate(tree.has("frontier") && random.nextBoolean() ? tree.get("frontier") : tree);
    }
    if (tree.path("type").asText().equals("run-start") && random.nextInt(3) > 0) {
      ((ObjectNode) tree).put("run", "new-" + random.nextInt(1_000_000));
    }
    restoreAddress(tree);
    return Json.write(tree);
  }

  /** Half of the changed definitions get the address that fits them, so that they are looked at. */
  private void restoreAddress(JsonNode tree) {
    if (tree.path("document").isObject() && random.nextBoolean()) {
      try {
        FlowRef ref = FlowDocuments.ref(tree.get("document"));
        ((ObjectNode) tree).put("ref", ref.toString());
        follow(ref, tree.get("document"));
      } catch (IllegalArgumentException noName) {
        // stays with the address of another one
      }
    }
  }

  /** A run of a changed definition, and how its first attempts go. */
  private void follow(FlowRef ref, JsonNode document) {
    RunId run = RunId.of("new-" + random.nextInt(1_000_000));
    next.add(
        Json.write(
            new Command.RunStart(run, ref, Map.of(), 0, List.of(), List.of(), null, List.of())));
    String start = document.path("start").asText("a");
    for (int attempt = 0; attempt < 3 && StepName.isValid(start); attempt++) {
      var of = new AttemptId(run, TaskId.of(StepName.of(start)), attempt);
      next.add(Json.write(new Observation.Running(of, null)));
      next.add(Json.write(new Observation.Failed(of, Cause.of(Cause.Kind.LOST, "lost"))));
      next.add(Json.write(new Observation.Succeeded(of, Outcome.splitting(2))));
    }
  }

  private void mutate(JsonNode tree) {
    JsonNode at = tree;
    while (at.size() > 0) {
      int index = random.nextInt(at.size());
      JsonNode inner = inner(at, index);
      if (inner.isContainerNode() && inner.size() > 0 && random.nextInt(4) > 0) {
        at = inner;
        continue;
      }
      change(at, index, inner);
      return;
    }
  }

  private static JsonNode inner(JsonNode at, int index) {
    if (at.isArray()) {
      return at.get(index);
    }
    var values = at.elements();
    for (int i = 0; i < index; i++) {
      values.next();
    }
    return values.next();
  }

  private void change(JsonNode at, int index, JsonNode inner) {
    JsonNode other = strange(inner);
    if (at instanceof ArrayNode array) {
      if (random.nextInt(4) == 0) {
        array.remove(index);
      } else if (random.nextInt(4) == 0) {
        array.add(inner);
      } else {
        array.set(index, other);
      }
    } else if (at instanceof ObjectNode object) {
      var names = new ArrayList<String>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(index);
      switch (random.nextInt(6)) {
        case 0 -> object.remove(name);
        case 1 -> object.set(names.get(random.nextInt(names.size())), inner);
        case 2 -> object.set("more" + random.nextInt(9), other);
        default -> object.set(name, other);
      }
    }
  }

  private JsonNode strange(JsonNode was) {
    return switch (random.nextInt(16)) {
      case 0 -> JSON.nullNode();
      case 1 -> JSON.numberNode(random.nextInt(-3, 3));
      case 2 -> JSON.numberNode(random.nextLong());
      case 3 -> JSON.numberNode(Integer.MAX_VALUE);
      case 4 -> JSON.numberNode(new BigInteger("9".repeat(300)));
      case 5 -> JSON.numberNode(random.nextDouble() * 1e300);
      case 6 -> JSON.textNode("x".repeat(random.nextInt(5000)));
      case 7 -> JSON.textNode("\ud800 / \u0000 \udfff");
      case 8 -> JSON.textNode("PT2562047788015215H");
      case 9 -> nested(random.nextInt(250));
      case 10 -> JSON.arrayNode().add(was).add(was);
      case 11 -> JSON.objectNode().set("type", was);
      case 12 -> JSON.booleanNode(true);
      case 13 -> JSON.textNode("run-" + random.nextInt(3) + "-" + random.nextInt(4));
      case 14 -> JSON.textNode("s" + random.nextInt(9) + "-" + random.nextInt(-1, 3));
      default -> JSON.textNode("2026-01-01T00:0" + random.nextInt(9) + ":00Z");
    };
  }

  private static JsonNode nested(int depth) {
    JsonNode node = JSON.numberNode(1);
    for (int i = 0; i < depth; i++) {
      node = JSON.arrayNode().add(node);
    }
    return node;
  }
}
