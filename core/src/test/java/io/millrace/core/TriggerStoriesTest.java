package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Decision.Request;
import io.millrace.core.EntityKey.TriggersKey;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Command;
import io.millrace.events.Digests;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Runs that start by themselves: at times, and when events come. */
class TriggerStoriesTest {
  private static final String NONE = "";
  private final Recording log = new Recording();
  private long version;

  private void deploy(String triggers) {
    FlowDocument document = FlowDocumentReader.read(document(triggers));
    FlowRef ref = FlowDocuments.ref(document(triggers));
    version++;
    log.decide(
        document.triggers().areNone()
            ? new Command.TriggersRemoved(ref.name(), version)
            : new Command.TriggersSet(ref, version, document.triggers()));
  }

  private static JsonNode document(String triggers) {
    return FlowDocuments.parse(
        """
        name: f
        parameters: {x: {type: json}, y: {type: json}}
        steps: [{name: only, container: {command: ["true"]}}]
        """
            + (triggers.isEmpty() ? "" : "triggers: " + triggers));
  }

  /** An event under a name. Its id makes it the same event or another one. */
  private List<Request> event(String name, String id, Object... parameters) {
    return log.decide(arrival(name, id, parameters)).requests();
  }

  private static Command arrival(String name, String id, Object... parameters) {
    Map<String, JsonNode> values =
        parameters.length == 0
            ? Map.of()
            : Map.of((String) parameters[0], Json.tree(parameters[1]));
    return new Command.EventArrived(
        "f",
        name,
        Digests.sha256(id),
        new TriggerEvent(name, id, Recording.BEGIN, TriggerEvent.Type.EVENT),
        values);
  }

  private List<Request> after(Duration time) {
    return log.pass(time).stream().flatMap(decision -> decision.requests().stream()).toList();
  }

  private Entity.Trigger trigger() {
    return (Entity.Trigger) log.state().get(new TriggersKey("f"));
  }

  private static List<String> ids(Request request) {
    return request.request().triggeredBy().stream().map(TriggerEvent::id).toList();
  }

  @Test
  void anEventStartsARunWithWhatItBrings() {
    deploy("{events: [{event: a}]}");
    Request request = event("a", "1", "x", 5).getFirst();
    assertThat(request.request().flow()).isEqualTo("f");
    assertThat(request.request().parameters()).containsEntry("x", Json.tree(5));
    assertThat(ids(request)).containsExactly("1");
    assertThat(event("b", "2")).isEmpty();
  }

  @Test
  void theSameEventAsksForTheSameRun() {
    deploy("{events: [{event: a}]}");
    Request first = event("a", "1").getFirst();
    assertThat(event("a", "1").getFirst().run()).isEqualTo(first.run());
    assertThat(event("a", "2").getFirst().run()).isNotEqualTo(first.run());
  }

  @Test
  void anyOfSeveralEventsIsEnough() {
    deploy("{events: [{event: a}, {event: b}], match: any}");
    assertThat(event("a", "1")).hasSize(1);
    assertThat(event("b", "1")).hasSize(1);
    assertThat(event("a", "1").getFirst().run()).isNotEqualTo(event("b", "1").getFirst().run());
  }

  @Test
  void allOfSeveralEventsAreWaitedFor() {
    deploy("{events: [{event: a}, {event: b}]}");
    assertThat(event("b", "1", "y", 2)).isEmpty();
    assertThat(event("b", "2", "y", 3)).isEmpty();
    Request request = event("a", "3", "x", 1).getFirst();
    // The latest of each name, in the flow's order.
    assertThat(ids(request)).containsExactly("3", "2");
    assertThat(request.request().parameters())
        .isEqualTo(Map.of("x", Json.tree(1), "y", Json.tree(3)));
    assertThat(event("a", "4")).isEmpty();
    assertThat(event("b", "5")).hasSize(1);
  }

  @Test
  void anEventThatComesAgainCompletesNothing() {
    deploy("{events: [{event: a}, {event: b}]}");
    event("a", "1");
    assertThat(event("b", "2")).hasSize(1);
    assertThat(event("a", "1")).isEmpty();
    assertThat(event("b", "3")).isEmpty();
    assertThat(event("a", "4")).hasSize(1);
  }

  @Test
  void aWindowLetsOldEventsGo() {
    deploy("{events: [{event: a}, {event: b}], window: 1h}");
    event("a", "1");
    after(Duration.ofMinutes(61));
    assertThat(event("b", "2")).isEmpty();
    after(Duration.ofMinutes(60));
    assertThat(ids(event("a", "3").getFirst())).containsExactly("3", "2");
  }

  @Test
  void aResetForgetsWhatHasCome() {
    deploy("{events: [{event: a}, {event: b}], reset: {cron: '0 12 * * *'}}");
    event("a", "1");
    after(Duration.ofHours(12));
    assertThat(event("b", "2")).isEmpty();
    assertThat(event("a", "3")).hasSize(1);
  }

  @Test
  void whatWasHeardIsForgottenInTheEnd() {
    deploy("{events: [{event: a}, {event: b}]}");
    event("a", "1");
    event("b", "2");
    assertThat(log.state().entities()).hasSize(3);
    after(Entity.Heard.KEPT);
    assertThat(log.state().entities()).containsExactly(trigger());
  }

  @Test
  void aScheduleStartsRunsAtItsTimes() {
    deploy("{schedule: {cron: '0 6 * * *', timezone: Europe/Berlin, parameters: {x: 7}}}");
    assertThat(trigger().next()).isEqualTo(Instant.parse("2026-01-01T05:00:00Z"));
    List<Request> requests = after(Duration.ofDays(2));
    assertThat(requests.stream().map(Request::id))
        .containsExactly("at 2026-01-01T05:00:00Z", "at 2026-01-02T05:00:00Z");
    assertThat(requests.getFirst().request().parameters()).containsEntry("x", Json.tree(7));
    assertThat(requests.getFirst().request().triggeredBy())
        .containsExactly(
            new TriggerEvent(
                "schedule",
                "2026-01-01T05:00:00Z",
                Instant.parse("2026-01-01T05:00:00Z"),
                TriggerEvent.Type.SCHEDULE));
    after(Duration.ofDays(90));
    assertThat(trigger().next()).isEqualTo(Instant.parse("2026-04-03T04:00:00Z"));
  }

  @Test
  void theChangeOfTheClocksLosesNoDaysRun() {
    deploy("{schedule: {cron: '30 2 * * *', timezone: Europe/Berlin}}");
    List<Request> requests = after(Duration.ofDays(365));
    assertThat(requests).hasSize(365);
    assertThat(requests.stream().map(Request::run).distinct()).hasSize(365);
    assertThat(requests.stream().map(Request::id))
        .contains("at 2026-03-29T01:00:00Z", "at 2026-10-25T00:30:00Z");
  }

  @Test
  void whatWasMissedIsMadeUpForOnce() {
    deploy("{schedule: {cron: '0 * * * *'}}");
    Instant due = trigger().next();
    // Nobody decided for two days and a half.
    Instant now = Recording.BEGIN.plus(Duration.ofHours(60)).plusSeconds(90);
    var late = new CommandLog(log.state(), new Position(0, now));
    var taken = late.take(0, now, Json.write(new Command.TimerFired("triggers/f", due)));
    List<Request> requests = ((CommandLog.Taken.Decided) taken).decision().requests();
    assertThat(requests.stream().map(Request::id)).containsExactly("at 2026-01-03T12:00:00Z");
    assertThat(trigger().next()).isEqualTo(Instant.parse("2026-01-03T13:00:00Z"));
    taken = late.take(1, now, Json.write(new Command.TimerFired("triggers/f", due)));
    assertThat(((CommandLog.Taken.Decided) taken).decision().requests()).isEmpty();
  }

  @Test
  void aDeploymentReplacesTheOneBefore() {
    deploy("{schedule: {cron: '0 6 * * *'}, events: [{event: a}, {event: b}]}");
    event("a", "1");
    deploy("{events: [{event: a}, {event: c}]}");
    assertThat(trigger().next()).isNull();
    assertThat(event("b", "2")).isEmpty();
    assertThat(event("c", "3")).isEmpty();
    assertThat(event("a", "4")).hasSize(1);
    assertThat(after(Duration.ofDays(2))).isEmpty();
  }

  @Test
  void theSameTriggersDeployedAgainGoOn() {
    deploy("{schedule: {cron: '0 6 * * *'}, events: [{event: a}, {event: b}]}");
    event("a", "1");
    Instant next = trigger().next();
    deploy("{schedule: {cron: '0 6 * * *'}, events: [{event: a}, {event: b}]}");
    assertThat(trigger().next()).isEqualTo(next);
    assertThat(event("b", "2")).hasSize(1);
  }

  @Test
  void anOlderDeploymentThatComesLateDoesNotReturn() {
    Triggers old = FlowDocumentReader.read(document("{events: [{event: a}]}")).triggers();
    FlowRef ref = FlowDocuments.ref(document(NONE));
    version = 5;
    deploy("{events: [{event: b}]}");
    log.decide(new Command.TriggersSet(ref, 3, old));
    assertThat(event("a", "1")).isEmpty();
    log.decide(new Command.TriggersRemoved("f", 4));
    assertThat(event("b", "2")).hasSize(1);
    deploy(NONE);
    log.decide(new Command.TriggersSet(ref, 6, old));
    assertThat(event("a", "3")).isEmpty();
  }

  @Test
  void aWithdrawnFlowStartsNothingAndIsForgotten() {
    deploy("{schedule: {cron: '0 6 * * *'}, events: [{event: a}]}");
    deploy(NONE);
    assertThat(event("a", "1")).isEmpty();
    assertThat(after(Duration.ofDays(9))).isEmpty();
    assertThat(log.state().entities()).isEmpty();
  }

  @Test
  void aRunKnowsWhatItWasStartedFor() {
    var event = new TriggerEvent("a", "1", Recording.BEGIN, TriggerEvent.Type.EVENT);
    Story story = Story.given(document(NONE));
    FlowRef ref = FlowDocuments.ref(document(NONE));
    story.decide(
        new Command.RunStart(
            io.millrace.events.RunId.of("run"),
            ref,
            Map.of(),
            0,
            List.of(),
            List.of(),
            null,
            List.of(event)));
    assertThat(story.launch("only").triggeredBy()).containsExactly(event);
  }

  /**
   * However often and in whatever order they come, and whoever decides: each pair gives one run.
   */
  @Test
  void randomDeliveriesAndTakeoversStartEachRunOnce() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      var world = new Recording();
      Triggers triggers =
          FlowDocumentReader.read(document("{events: [{event: a}, {event: b}]}")).triggers();
      world.decide(new Command.TriggersSet(FlowDocuments.ref(document(NONE)), 1, triggers));
      var deliveries = new ArrayList<Command>();
      for (int i = 0; i < 8; i++) {
        for (int copies = random.nextInt(1, 4); copies > 0; copies--) {
          deliveries.add(arrival("a", "a" + i));
          deliveries.add(arrival("b", "b" + i));
        }
      }
      Collections.shuffle(deliveries, new Random(seed));
      var runs = new ArrayList<Request>();
      deliveries.forEach(delivery -> runs.addAll(world.decide(delivery).requests()));
      Set<String> events = new HashSet<>();
      for (Request run : runs) {
        for (String id : ids(run)) {
          assertThat(events.add(id)).as("seed %d: %s in one run only", seed, id).isTrue();
        }
      }
      assertThat(runs.stream().map(Request::run).distinct())
          .as("seed %d", seed)
          .hasSize(runs.size());

      // Another owner decides the log from the middle on: the same requests, the same state.
      int from = random.nextInt(world.entries().size());
      var first = new CommandLog(new State(0, 1), Position.START);
      var again = new ArrayList<byte[]>();
      var before = new ArrayList<byte[]>();
      for (Recording.Entry entry : world.entries()) {
        if (entry.offset() == from) {
          first =
              new CommandLog(
                  State.restored(0, 1, List.copyOf(first.state().entities())), first.position());
        }
        take(first, entry).requests().forEach(r -> again.add(Json.write(r)));
      }
      runs.forEach(run -> before.add(Json.write(run)));
      assertThat(again.stream().map(Arrays::hashCode))
          .isEqualTo(before.stream().map(Arrays::hashCode).toList());
      assertThat(Checkpoint.of(first.state())).isEqualTo(Checkpoint.of(world.state()));
    }
  }

  private static Decision take(CommandLog log, Recording.Entry entry) {
    return ((CommandLog.Taken.Decided) log.take(entry.offset(), entry.appended(), entry.value()))
        .decision();
  }

  @Test
  void whatCannotStartRunsIsRefusedAtOnce() {
    var problems = new ArrayList<FlowProblem>();
    FlowDocument document =
        FlowDocumentReader.read(
            FlowDocuments.parse(
                """
                name: f
                parameters: {need: {type: integer, required: true}, other: {type: integer}}
                triggers:
                  schedule: {cron: "0 0 30 2 *", timezone: Mars/Olympus, parameters: {other: no, what: 1}}
                  events:
                  - {event: a, parameters: {need: field, none: field}}
                  - {event: b}
                  match: any
                  reset: {cron: "0 0 30 2 *"}
                steps: [{name: only, container: {command: ["true"]}}]
                """));
    assertThat(FlowGraph.check(document, problems)).isNull();
    assertThat(problems.stream().map(FlowProblem::toString))
        .containsExactly(
            "triggers.schedule: time zone 'Mars/Olympus' is not known; expected a name of the IANA's, such as Europe/Berlin",
            "triggers.schedule.parameters.other: the parameter is of type integer, found \"no\"",
            "triggers.schedule.parameters.what: the flow has no such parameter (it has [need, other])",
            "triggers.schedule: parameter 'need' is required, and nothing here gives it a value; name it in 'parameters', or give it a default",
            "triggers.reset.cron: names no time at all",
            "triggers.events[0].parameters.none: the flow has no such parameter (it has [need, other])",
            "triggers.events[1]: parameter 'need' is required, and nothing here gives it a value; name it in 'parameters', or give it a default");
  }
}
