package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.RunState.Result;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is tried again, who pays, how long it waits, and the fallback when nothing is left. */
class RetryStoriesTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private static Story flowWith(String stepFields) {
    return given(flow("steps: [{name: work, next: end, %s}, {name: end}]".formatted(stepFields)))
        .start();
  }

  @Test
  void withoutAUserBudgetTheFirstFailureOfTheStepIsFinal() {
    Story story =
        flowWith("timeout: 1h")
            .failed("work")
            .then()
            .thenTold("task.failed", "run.failed")
            .thenStands(Result.FAILED);
    assertThat(story.progress("work").failed()).isEqualTo(1);
    assertThat(((RunState.Ended) story.state()).message())
        .isEqualTo("task work failed: exit code 1");
  }

  @Test
  void theUserBudgetPaysForFailuresOfTheStep() {
    Story story =
        flowWith("retry: {user: 2, infrastructure: 0}")
            .failed("work", Kind.OOM_KILLED)
            .then()
            .thenTold("task.retrying")
            .thenStands("work", AttemptState.BackingOff.class)
            .after(LONG)
            .then(ordered("work/1"))
            .failed("work", Kind.USER_ERROR)
            .after(LONG)
            .then(ordered("work/2"));
    assertThat(story.progress("work").retries()).isEqualTo(2);
    story.failed("work", Kind.TIMEOUT).thenStands(Result.FAILED);
  }

  @Test
  void theInfrastructureBudgetPaysForThePlatform() {
    flowWith("retry: {user: 0, infrastructure: 1}")
        .failed("work", Kind.NODE_LOST)
        .after(LONG)
        .then(ordered("work/1"))
        .failed("work", Kind.EVICTED)
        .thenStands(Result.FAILED);
  }

  @Test
  void eachBudgetPaysForItself() {
    flowWith("retry: {user: 1, infrastructure: 1}")
        .failed("work", Kind.PREEMPTED)
        .after(LONG)
        .then(ordered("work/1"))
        .failed("work", Kind.USER_ERROR)
        .after(LONG)
        .then(ordered("work/2"))
        .failed("work", Kind.LOST)
        .thenStands(Result.FAILED);
  }

  @Test
  void anOrderSaysHowManyFailuresWereTheStepsOwn() {
    Story story =
        flowWith("retry: {user: 2, infrastructure: 2}")
            .failed("work", Kind.PREEMPTED)
            .after(LONG)
            .then(ordered("work/1"));
    assertThat(story.launch("work").userFailures()).isZero();
    story.failed("work", Kind.USER_ERROR).after(LONG).then(ordered("work/2"));
    assertThat(story.launch("work").userFailures()).isEqualTo(1);
  }

  @Test
  void maxAttemptsBoundsAllBudgetsTogether() {
    flowWith("retry: {user: 5, infrastructure: 5, maxAttempts: 2}")
        .failed("work", Kind.USER_ERROR)
        .after(LONG)
        .then(ordered("work/1"))
        .failed("work", Kind.LOST)
        .thenStands(Result.FAILED);
  }

  @Test
  void someExitCodesAreNeverTriedAgain() {
    flowWith("retry: {user: 5, neverOnExitCodes: [202]}")
        .failed("work", Cause.userError(1, "one"))
        .after(LONG)
        .then(ordered("work/1"))
        .failed("work", Cause.userError(202, "do not retry"))
        .thenStands(Result.FAILED);
  }

  @Test
  void whatTheApiServerRefusesIsNeverTriedAgainNorCaught() {
    flowWith("retry: {user: 5, infrastructure: 5}, fallback: {}")
        .rejected("work", "invalid image name")
        .then()
        .thenTold("task.failed", "run.failed")
        .thenStands(Result.FAILED);
  }

  @Test
  void aStepThatSaysItFailedHasFailed() {
    var failed = new Outcome(1, false, null, null, null, null, "ValueError: x", null);
    Story story =
        flowWith("retry: {user: 1}").succeeded("work", failed).after(LONG).then(ordered("work/1"));
    story.succeeded("work", failed).thenStands(Result.FAILED);
    assertThat(((RunState.Ended) story.state()).message())
        .isEqualTo("task work failed: ValueError: x");
  }

  @Test
  void theDelayDoublesUpToItsBoundAndVariesByAFifth() {
    Story story = flowWith("retry: {user: 9, delay: 10s, maxDelay: 60s}");
    for (long seconds : List.of(10, 20, 40, 60, 60)) {
      story.failed("work");
      Duration delay = Duration.between(story.log().now(), story.task("work").deadline());
      assertThat(delay.toMillis()).isBetween(seconds * 800, seconds * 1200);
      story.after(delay.minusMillis(1)).then().after(Duration.ofMillis(1));
      story.then(ordered("work/" + story.task("work").attempt()));
    }
  }

  @Test
  void theDelayIsTheSameWheneverItIsDecidedAndDiffersBetweenTasks() {
    Story story =
        given(
                flow(
                    """
                    steps:
                    - {name: start, next: {foreach: work, items: [1, 2, 3, 4]}}
                    - {name: work, retry: {user: 1, delay: 100s}, next: join}
                    - {name: join, join: true}
                    """))
            .start()
            .succeeded("start");
    for (String task : List.of("work-0", "work-1", "work-2", "work-3")) {
      story.failed(task);
    }
    assertThat(
            List.of("work-0", "work-1", "work-2", "work-3").stream()
                .map(t -> story.task(t).deadline())
                .distinct())
        .hasSize(4);
    var again = new CommandLog(new State(0, 1), Position.START);
    story.log().entries().forEach(e -> again.take(e.offset(), e.appended(), e.value()));
    assertThat(Checkpoint.of(again.state())).isEqualTo(story.checkpoint());
  }

  @Test
  void theFallbackRunsWhenRetriesAreUsedUp() {
    Story story =
        flowWith("retry: {user: 1}, fallback: {command: [sh, -c, 'true'], args: [x]}")
            .failed("work")
            .after(LONG)
            .then(ordered("work/1"));
    assertThat(story.launch("work").fallback()).isFalse();
    story.failed("work").then(ordered("work/2")).thenTold("task.retrying", "task.ordered");
    assertThat(story.launch("work").fallback()).isTrue();
    assertThat(story.launch("work").container().command()).containsExactly("sh", "-c", "true");
    assertThat(story.launch("work").container().image()).isEqualTo("busybox");
    story.succeeded("work").then(ordered("end"));
  }

  @Test
  void aFallbackIsTriedAsOftenAsItSaysAndWithoutRetries() {
    flowWith("retry: {user: 3, infrastructure: 3, neverOnExitCodes: [7]}, fallback: {attempts: 2}")
        .failed("work", Cause.userError(7, "never"))
        .then(ordered("work/1"))
        .failed("work", Kind.LOST)
        .then(ordered("work/2"))
        .failed("work")
        .thenStands(Result.FAILED);
  }

  @Test
  void aFailedBranchEndsTheRunAndStopsTheOthers() {
    given(
            flow(
                """
                steps:
                - {name: start, next: [a, b, c]}
                - {name: a, next: join}
                - {name: b, next: join}
                - {name: c, retry: {user: 1}, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start")
        .failed("c")
        .failed("a")
        .then(Story.stopped("b"))
        .thenTold("task.failed")
        .thenStands(RunState.Ending.class)
        .failed("b", Kind.CANCELLED)
        .thenTold("task.cancelled", "run.failed")
        .thenStands(Result.FAILED)
        .after(LONG)
        .then();
  }
}
