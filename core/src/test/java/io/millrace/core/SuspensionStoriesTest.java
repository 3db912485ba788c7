package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;

import io.millrace.core.RunState.Result;
import io.millrace.events.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A suspended run launches nothing; what runs goes on. */
class SuspensionStoriesTest {
  private static final String TWO = "steps: [{name: a, retry: {user: 1}, next: b}, {name: b}]";

  @Test
  void nothingIsLaunchedUntilTheRunIsResumed() {
    given(flow(TWO))
        .start()
        .suspend()
        .thenTold("run.suspended")
        .suspend()
        .thenNothing()
        .succeeded("a")
        .then()
        .after(Duration.ofDays(3))
        .then()
        .resume()
        .then(ordered("b"))
        .thenTold("run.resumed", "task.ordered")
        .resume()
        .thenNothing();
  }

  @Test
  void aRetryThatBecomesDueMeanwhileWaits() {
    given(flow(TWO))
        .start()
        .failed("a")
        .suspend()
        .after(Duration.ofMinutes(5))
        .then()
        .thenStands("a", AttemptState.Waiting.class)
        .resume()
        .then(ordered("a/1"));
  }

  @Test
  void anAttemptThatCouldNotBeLaunchedBeforeIsOrderedAgainOnlyAfterwards() {
    given(flow(TWO))
        .start()
        .deferred("a", Duration.ofSeconds(30))
        .suspend()
        .after(Duration.ofHours(1))
        .then()
        .thenStands("a", AttemptState.Deferred.class)
        .resume()
        .then(ordered("a/0"));
  }

  @Test
  void anOrderThatExpiresMeanwhileIsRepeatedOnlyAfterwards() {
    given(flow(TWO)).start().suspend().expired("a").then().resume().then(ordered("a/0"));
    given(flow(TWO))
        .start()
        .suspend()
        .after(Duration.ofHours(1))
        .then()
        .resume()
        .then(ordered("a/0"))
        .succeeded("a")
        .then(ordered("b"));
  }

  @Test
  void anAttemptThatTurnsOutToRunAfterAllGoesOn() {
    given(flow(TWO))
        .start()
        .suspend()
        .after(Duration.ofHours(1))
        .running("a")
        .thenStands("a", AttemptState.Running.class)
        .resume()
        .then()
        .succeeded("a")
        .then(ordered("b"));
  }

  @Test
  void theLastStepMayEndASuspendedRun() {
    given(flow("steps: [{name: only}]"))
        .start()
        .suspend()
        .succeeded("only")
        .thenStands(Result.SUCCEEDED)
        .resume()
        .thenNothing();
  }

  @Test
  void aSuspendedRunFailsAndIsCancelledLikeAnyOther() {
    given(flow("steps: [{name: only}]")).start().suspend().failed("only").thenStands(Result.FAILED);
    given(flow(TWO)).start().succeeded("a").suspend().succeeded("b").thenStands(Result.SUCCEEDED);
    given(flow(TWO)).start().failed("a").suspend().cancel().thenStands(Result.CANCELLED);
  }

  @Test
  void theTimeOfASuspensionCountsForTheRunsTimeout() {
    given(flow("limits: {runTimeout: 1h}\n" + TWO))
        .start()
        .failed("a")
        .suspend()
        .after(Duration.ofHours(1))
        .thenTold("run.timed-out")
        .thenStands(Result.TIMED_OUT);
  }

  @Test
  void aForeachStopsBeingLaunched() {
    given(
            flow(
                """
                limits: {maxParallelTasks: 1}
                steps:
                - {name: start, next: {foreach: work}}
                - {name: work, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start", Outcome.splitting(3))
        .suspend()
        .succeeded("work-0")
        .then()
        .resume()
        .then(ordered("work-1"));
  }
}
