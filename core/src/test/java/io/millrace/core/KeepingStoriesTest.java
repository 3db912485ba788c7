package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static io.millrace.core.Story.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.RunState.Result;
import io.millrace.events.Command;
import io.millrace.events.RunId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is kept of runs and flows, and for how long. */
class KeepingStoriesTest {
  private static final String TWO = "steps: [{name: a, next: b}, {name: b}]";

  private static List<String> kinds(Story story) {
    return story.checkpoint().keySet().stream()
        .map(key -> key.substring(0, key.indexOf('/')))
        .distinct()
        .toList();
  }

  @Test
  void aRunIsStartedOnce() {
    given(flow(TWO))
        .start()
        .then(ordered("a"))
        .start()
        .thenNothing()
        .succeeded("a")
        .start()
        .thenNothing()
        .succeeded("b")
        .start()
        .thenNothing();
  }

  @Test
  void whatIsArchivedLeavesTheStateAndItsIdStaysKnown() {
    Story story = given(flow(TWO)).start().succeeded("a").archived().thenNothing();
    story.succeeded("b").archived();
    assertThat(kinds(story)).containsExactly("flow", "run", "status");
    story.archived().thenNothing().start().thenNothing();
    story.running("b").then(stopped("b"));
    story.run("stranger").archived().thenNothing();
  }

  @Test
  void anEndedRunIsForgottenLongAfterRequestsForItAreAccepted() {
    Story story = given(flow(TWO)).start().succeeded("a").succeeded("b");
    story.after(Entity.Status.KEPT_ENDED.minusMillis(1));
    assertThat(kinds(story)).contains("status", "task");
    story.after(Duration.ofMillis(1));
    assertThat(kinds(story)).containsExactly("flow");
    story.after(Entity.Flow.KEPT_UNUSED);
    assertThat(kinds(story)).isEmpty();
  }

  @Test
  void anArchivedRunIsForgottenAtTheSameTime() {
    Story story = given(flow(TWO)).start().succeeded("a").succeeded("b");
    story.after(Duration.ofDays(1)).archived().after(Entity.Status.KEPT_ENDED.minusDays(1));
    assertThat(kinds(story)).isEmpty();
  }

  @Test
  void aFlowIsKeptWhileARunRefersToItAndAWhileLonger() {
    Story story = given(flow(TWO)).start();
    story.after(Duration.ofDays(30)).succeeded("a").then(ordered("b"));
    story.succeeded("b").archived();
    story.after(Entity.Flow.KEPT_UNUSED.minusMinutes(1));
    assertThat(kinds(story)).contains("flow");
    story.define(flow(TWO)).after(Entity.Flow.KEPT_UNUSED.minusMinutes(1));
    assertThat(kinds(story)).contains("flow");
    story.run("next").start().then(ordered("a")).after(Duration.ofDays(1));
    assertThat(kinds(story)).contains("flow");
  }

  @Test
  void anIdMayBeUsedAgainOnceItIsForgotten() {
    Story story = given(flow(TWO)).start().cancel().failed("a").thenStands(Result.CANCELLED);
    story.after(Entity.Status.KEPT_ENDED).define(flow(TWO)).start().then(ordered("a"));
  }

  @Test
  void aCheckpointIsReadBackInAnyOrder() {
    Story story = given(flow(TWO)).start();
    story.log().decide(new Command.RunSuspend(RunId.of("run")));
    var backwards = new LinkedHashMap<String, String>();
    new TreeMap<>(story.checkpoint()).descendingMap().forEach(backwards::put);
    State restored = Checkpoint.restore(backwards, 0, 1);
    assertThat(Checkpoint.of(restored)).isEqualTo(story.checkpoint());
    assertThat(restored.runs().active("story"))
        .isEqualTo(story.log().state().runs().active("story"));
    assertThat(restored.deadlines()).isEqualTo(story.log().state().deadlines());
  }
}
