package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.CommandLog.Taken;
import io.millrace.core.RunState.Result;
import io.millrace.events.Command;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.flow.FlowDocuments;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the log takes, what it refuses, and what it stops at. */
class CommandLogTest {
  private static final String ONE = "steps: [{name: only, retry: {user: 1}}]";

  private static String refusal(Story story, String json) {
    Map<String, String> before = story.checkpoint();
    Taken taken = story.log().append(json.getBytes(StandardCharsets.UTF_8));
    assertThat(story.checkpoint()).isEqualTo(before);
    assertThat(taken).isInstanceOf(Taken.Refused.class);
    return ((Taken.Refused) taken).reason();
  }

  @Test
  void whatIsNoCommandIsRefusedWithAReason() {
    Story story = given(flow(ONE)).start();
    assertThat(refusal(story, "")).isEqualTo("expected a command as JSON, found nothing");
    assertThat(refusal(story, "null")).isEqualTo("expected a command as JSON, found null");
    assertThat(refusal(story, "{\"type\":\"dance\"}")).contains("dance");
    assertThat(refusal(story, "{\"type\":\"run-cancel\"}")).contains("field 'run' is missing");
    assertThat(refusal(story, "{\"type\":\"behaviour-set\",\"version\":0}"))
        .contains("field 'version' is 0");
    assertThat(refusal(story, "{\"type\":\"behaviour-set\",\"version\":1.5}")).contains("1.5");
    assertThat(story.log().log().position().next()).isEqualTo(story.log().entries().size());
    story.succeeded("only").thenStands(Result.SUCCEEDED);
  }

  @Test
  void aTimerThatFiresEarlyIsRefused() {
    Story story = given(flow(ONE)).start();
    Instant deadline = story.task("only").deadline();
    assertThat(refusal(story, Json.text(new Command.TimerFired("task/run/only", deadline))))
        .startsWith("the timer of task/run/only fired before its deadline " + deadline);
    story.then(ordered("only"));
  }

  @Test
  void aTimerThatFiresALittleEarlyCountsAsOnTime() {
    Story story = given(flow(ONE)).start();
    Instant deadline = story.task("only").deadline();
    story.log().pass(AttemptRules.ORDER_HOLDS.minus(CommandLog.CLOCK_SKEW));
    story.decide(new Command.TimerFired("task/run/only", deadline)).then(ordered("only"));
    assertThat(story.log().log().position().time()).isEqualTo(deadline);
    assertThat(story.task("only").deadline()).isEqualTo(deadline.plus(AttemptRules.ORDER_HOLDS));
  }

  @Test
  void aTimerThatWasWithdrawnChangesNothing() {
    Story story = given(flow(ONE)).start();
    Instant deadline = story.task("only").deadline();
    story.launched("only").after(Duration.ofHours(1));
    story.decide(new Command.TimerFired("task/run/only", deadline)).thenNothing();
    story.decide(new Command.TimerFired("task/run/other", deadline)).thenNothing();
    story.decide(new Command.TimerFired("limit/a/b/c", deadline)).thenNothing();
  }

  @Test
  void aTimerOfNoEntityIsRefused() {
    Story story = given(flow(ONE)).start();
    for (String wrong :
        new String[] {"", "task", "task/run", "chunk/run/only/x", "soup/run", "run/A"}) {
      assertThat(refusal(story, Json.text(new Command.TimerFired(wrong, Recording.BEGIN))))
          .startsWith("a timer fired for what has none: ");
    }
  }

  @Test
  void timeNeverGoesBack() {
    Story story = given(flow(ONE)).start().after(Duration.ofMinutes(1));
    CommandLog log = story.log().log();
    log.take(
        100, Recording.BEGIN.plusSeconds(90), Json.write(new Command.RunResume(RunId.of("x"))));
    Taken late =
        log.take(101, Recording.BEGIN, Json.write(new Command.RunCancel(RunId.of("run"), null)));
    assertThat(((Taken.Decided) late).moment().time()).isEqualTo(Recording.BEGIN.plusSeconds(90));
  }

  @Test
  void permitsForAPartitionThatIsNotThereAreRefused() {
    Story story = given(flow(ONE));
    assertThat(refusal(story, Json.text(new Command.PermitsDemanded("all", 1, 1, 0, 1, 1))))
        .isEqualTo("there is no partition 1 to lease permits to; there are 1");
    assertThat(refusal(story, Json.text(new Command.PermitsGranted("all", 7, 1, 1, 1, 1))))
        .isEqualTo("there is no partition 7 to lease permits to; there are 1");
  }

  @Test
  void aCommandThatBreaksTheRulesLeavesTheLogBeforeIt() {
    Story story = given(flow(ONE)).start();
    Map<String, String> lost = story.checkpoint();
    lost.keySet().removeIf(key -> key.startsWith("flow/"));
    var log = new CommandLog(Checkpoint.restore(lost, 0, 1), story.log().log().position());
    byte[] broken = Json.write(new Command.RunSuspend(RunId.of("run")));
    assertThat(log.take(10, Recording.BEGIN, broken)).isInstanceOf(Taken.Decided.class);
    Position before = log.position();
    Map<String, String> suspended = Checkpoint.of(log.state());
    byte[] end =
        ("{\"type\":\"succeeded\",\"of\":\"run/only/0\"}").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> log.take(11, Recording.BEGIN, end))
        .isInstanceOf(BrokenCommandException.class)
        .hasMessageStartingWith(
            "the command at offset 11 of partition 0 cannot be decided: java.lang.IllegalStateException: partition 0 does not hold flow story@")
        .hasMessageEndingWith(
            "pass over it with 'millrace skip 0 11' if the partition has to go on");
    assertThat(Checkpoint.of(log.state())).isEqualTo(suspended);
    assertThat(log.position()).isEqualTo(before);
    log.refuse(11, Recording.BEGIN, "skipped");
    assertThat(log.position().next()).isEqualTo(12);
  }

  @Test
  void aBehaviourThatOnlyANewerProgramKnowsStopsTheLog() {
    Story story = given(flow(ONE)).start();
    story.decide(new Command.BehaviourSet(Decider.BEHAVIOUR)).thenNothing();
    byte[] newer = Json.write(new Command.BehaviourSet(Decider.BEHAVIOUR + 1));
    Position before = story.log().log().position();
    assertThatThrownBy(() -> story.log().append(newer))
        .isInstanceOf(UnknownBehaviourException.class)
        .hasMessage(
            "the command log asks for behaviour 2, and this program knows up to 1; run the newer version");
    assertThat(story.log().log().position()).isEqualTo(before);
  }

  @Test
  void aFlowThatDoesNotFitItsAddressIsAsIfItHadNotCome() {
    Story story = given(flow(ONE));
    story
        .decide(new Command.FlowDefined(FlowRef.parse("story@" + "0".repeat(64)), flow(ONE)))
        .thenNothing()
        .decide(
            new Command.FlowDefined(
                FlowDocuments.ref(flow("steps: [{name: a, next: b}]")),
                flow("steps: [{name: a, next: b}]")))
        .thenNothing();
  }

  @Test
  void aRunOfAnUnknownFlowFailsAndItsIdStaysKnown() {
    Story story = given(flow(ONE));
    var unknown = FlowRef.parse("other@" + "0".repeat(64));
    var start =
        new Command.RunStart(
            RunId.of("run"), unknown, Map.of(), 0, List.of(), List.of(), null, List.of());
    story.decide(start).then().thenTold("run.failed").thenStands(Result.FAILED);
    assertThat(((RunState.Ended) story.state()).message()).contains("other@", "was not defined");
    story.decide(start).thenNothing().start().thenNothing();
    story.after(Entity.Status.KEPT_ENDED).start().then();
    assertThat(story.checkpoint().keySet()).noneMatch(key -> key.startsWith("task/"));
  }
}
