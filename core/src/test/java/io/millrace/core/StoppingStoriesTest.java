package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static io.millrace.core.Story.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.RunState.Result;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Order;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Timeouts of attempts and runs, and runs that are cancelled. */
class StoppingStoriesTest {
  private static final String SPLIT =
      """
      limits: {runTimeout: 1h}
      steps:
      - {name: start, next: [a, b]}
      - {name: a, timeout: 10m, retry: {user: 1}, next: join}
      - {name: b, next: join}
      - {name: join, join: true}
      """;

  @Test
  void anAttemptThatRunsTooLongIsStoppedAndTriedAgain() {
    Story story =
        given(flow(SPLIT))
            .start()
            .succeeded("start")
            .launched("b")
            .after(Duration.ofMinutes(5))
            .running("a")
            .after(Duration.ofMinutes(9))
            .then()
            .after(Duration.ofMinutes(1))
            .then(stopped("a"))
            .thenStands("a", AttemptState.Stopping.class);
    assertThat(((Order.Cancel) story.last().orders().getFirst()).cause().kind())
        .isEqualTo(Kind.TIMEOUT);
    story
        .failed("a", Kind.TIMEOUT)
        .thenTold("task.retrying")
        .after(Duration.ofMinutes(1))
        .then(ordered("a/1"));
  }

  @Test
  void stoppingIsAskedForAgainUntilTheEndIsKnown() {
    given(flow(SPLIT))
        .start()
        .succeeded("start")
        .succeeded("b")
        .running("a")
        .after(Duration.ofMinutes(10))
        .then(stopped("a"))
        .after(Duration.ofMinutes(10))
        .then(stopped("a"), stopped("a"))
        .failed("a", Kind.TIMEOUT)
        .after(Duration.ofMinutes(8))
        .then(ordered("a/1"));
  }

  @Test
  void anAttemptThatEndsWellWhileItIsBeingStoppedHasSucceeded() {
    given(flow(SPLIT))
        .start()
        .succeeded("start")
        .succeeded("b")
        .running("a")
        .after(Duration.ofMinutes(10))
        .succeeded("a")
        .then(ordered("join"));
  }

  @Test
  void aRunThatTakesTooLongIsEnded() {
    given(flow(SPLIT))
        .start()
        .succeeded("start")
        .launched("a")
        .launched("b")
        .after(Duration.ofHours(1))
        .then(stopped("a"), stopped("b"))
        .thenStands(RunState.Ending.class)
        .failed("b", Kind.CANCELLED)
        .thenTold("task.cancelled")
        .succeeded("a")
        .then()
        .thenTold("task.succeeded", "run.timed-out")
        .thenStands(Result.TIMED_OUT);
  }

  @Test
  void aRunWithoutATimeoutWaitsForever() {
    given(flow("steps: [{name: only}]"))
        .start()
        .launched("only")
        .after(Duration.ofDays(400))
        .then()
        .succeeded("only")
        .thenStands(Result.SUCCEEDED);
  }

  @Test
  void cancellingStopsWhatRunsAndEndsTheRunWhenNothingIsLeft() {
    given(flow(SPLIT))
        .start()
        .succeeded("start")
        .running("a")
        .cancel()
        .then(stopped("a"), stopped("b"))
        .thenStands(RunState.Ending.class)
        .cancel()
        .thenNothing()
        .failed("a", Kind.CANCELLED)
        .thenTold("task.cancelled")
        .failed("b", Kind.LOST)
        .thenTold("task.failed", "run.cancelled")
        .thenStands(Result.CANCELLED);
  }

  @Test
  void aRunOfWhichNothingRunsIsCancelledAtOnce() {
    given(flow("steps: [{name: only, retry: {user: 1}}]"))
        .start()
        .failed("only")
        .cancel()
        .then()
        .thenTold("run.cancelled")
        .thenStands(Result.CANCELLED)
        .after(Duration.ofMinutes(10))
        .then();
  }

  @Test
  void aRunThatHasEndedIsNotCancelled() {
    given(flow("steps: [{name: only}]")).start().succeeded("only").cancel().thenNothing();
  }

  @Test
  void theTimeoutOfARunThatIsEndingChangesNothing() {
    given(flow(SPLIT))
        .start()
        .succeeded("start")
        .cancel()
        .after(Duration.ofHours(2))
        .thenStands(RunState.Ending.class)
        .failed("a", Kind.CANCELLED)
        .failed("b", Kind.CANCELLED)
        .thenStands(Result.CANCELLED);
  }

  @Test
  void whatSucceedsWhileTheRunEndsCountsButLeadsNowhere() {
    Story story =
        given(flow(SPLIT)).start().succeeded("start").cancel().succeeded("a").succeeded("b");
    story.then().thenTold("task.succeeded", "run.cancelled").thenStands(Result.CANCELLED);
    assertThat(story.task("join").state()).isInstanceOf(AttemptState.Waiting.class);
  }
}
