package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.RunState.Result;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Frontier;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A new run goes on where another one failed, and reuses what succeeded there. */
class ResumptionStoriesTest {
  private static final RunId ORIGIN = RunId.of("run");

  private static Story again(Story failed) {
    Frontier frontier = failed.frontier();
    return failed.run("again").startFrom(ORIGIN, frontier);
  }

  @Test
  void whatSucceededIsNotRunAgain() {
    Story story =
        again(
                given(flow("steps: [{name: a, next: b}, {name: b, next: c}, {name: c}]"))
                    .start()
                    .succeeded("a")
                    .failed("b"))
            .then(ordered("b"))
            .thenInputs("b", "a");
    assertThat(story.launch("b").origins()).containsExactly(ORIGIN);
    assertThat(story.progress("a").done()).isEqualTo(1);
    story.succeeded("b").then(ordered("c")).succeeded("c").thenStands(Result.SUCCEEDED);
  }

  @Test
  void aSplitOfWhichSomeBranchesReachedTheJoin() {
    again(
            given(
                    flow(
                        """
                        steps:
                        - {name: start, next: [a, b, c]}
                        - {name: a, next: join}
                        - {name: b, next: b2}
                        - {name: b2, next: join}
                        - {name: c, next: join}
                        - {name: join, join: true}
                        """))
                .start()
                .succeeded("start")
                .succeeded("c")
                .succeeded("b")
                .failed("b2")
                .failed("a", Kind.CANCELLED))
        .then(ordered("a"), ordered("b2"))
        .succeeded("b2")
        .succeeded("a")
        .then(ordered("join"))
        .thenInputs("join", "a", "b2", "c");
  }

  private static final String FOREACH =
      """
      limits: {maxParallelTasks: 3}
      steps:
      - {name: start, next: {foreach: work}}
      - {name: work, next: more}
      - {name: more, next: {switch: [join, extra]}}
      - {name: extra, next: join}
      - {name: join, join: true}
      """;

  @Test
  void aForeachWithBranchesArrivedHalfWayInFlightAndNotBegun() {
    Story failed =
        given(flow(FOREACH))
            .start()
            .succeeded("start", Outcome.splitting(5))
            .succeeded("work-0")
            .succeeded("more-0", Outcome.taking(StepName.of("extra")))
            .succeeded("extra-0")
            .succeeded("work-1")
            .failed("work-2")
            .failed("work-3", Kind.CANCELLED)
            .failed("more-1", Kind.CANCELLED)
            .thenStands(Result.FAILED);
    Story story = again(failed).then(ordered("more-1"), ordered("work-2"), ordered("work-3"));
    assertThat(story.progress("work").total()).isEqualTo(5);
    assertThat(story.progress("work").done()).isEqualTo(2);
    story
        .succeeded("more-1", Outcome.taking(StepName.of("join")))
        .then(ordered("work-4"))
        .succeeded("work-2")
        .succeeded("work-3")
        .succeeded("work-4");
    for (String task : List.of("more-4", "more-3", "more-2")) {
      story.succeeded(task, Outcome.taking(StepName.of("join")));
    }
    story
        .then(ordered("join"))
        .thenInputs("join", "extra-0", "more-1", "more-2", "more-3", "more-4")
        .succeeded("join")
        .thenStands(Result.SUCCEEDED);
    assertThat(story.progress("work").done()).isEqualTo(5);
  }

  @Test
  void aForeachInsideAForeach() {
    Story failed =
        given(
                flow(
                    """
                    limits: {maxParallelTasks: 2}
                    steps:
                    - {name: start, next: {foreach: outer, items: [x, y, z]}}
                    - {name: outer, next: {foreach: inner}}
                    - {name: inner, next: gather}
                    - {name: gather, join: true, next: join}
                    - {name: join, join: true}
                    """))
            .start()
            .succeeded("start")
            .succeeded("outer-0", Outcome.splitting(2))
            .succeeded("inner-0-0")
            .failed("outer-1")
            .failed("inner-0-1", Kind.CANCELLED);
    again(failed)
        .then(ordered("inner-0-1"), ordered("outer-1"))
        .succeeded("inner-0-1")
        .then(ordered("gather-0"))
        .thenInputs("gather-0", "inner-0-0", "inner-0-1")
        .succeeded("outer-1", Outcome.splitting(1))
        .then(ordered("inner-1-0"))
        .succeeded("gather-0")
        .then(ordered("outer-2"))
        .succeeded("inner-1-0")
        .succeeded("gather-1")
        .succeeded("outer-2", Outcome.splitting(1))
        .succeeded("inner-2-0")
        .succeeded("gather-2")
        .then(ordered("join"))
        .thenInputs("join", "gather-0", "gather-1", "gather-2");
  }

  @Test
  void aRecursionGoesOnWithThePassThatFailed() {
    again(
            given(flow("steps: [{name: go, next: {switch: [go, end]}}, {name: end}]"))
                .start()
                .succeeded("go", Outcome.taking(StepName.of("go")))
                .succeeded("go.1", Outcome.taking(StepName.of("go")))
                .failed("go.2"))
        .then(ordered("go.2"))
        .thenInputs("go.2", "go.1")
        .succeeded("go.2", Outcome.taking(StepName.of("end")))
        .then(ordered("end"));
  }

  @Test
  void aGangIsStartedAgainAsAWhole() {
    Story story =
        again(
            given(
                    flow(
                        "steps: [{name: s, next: {gang: m, size: 3}}, {name: m, next: j}, {name: j, join: true}]"))
                .start()
                .succeeded("s")
                .failed("m"));
    story.then(ordered("m"));
    assertThat(story.launch("m").gang()).isEqualTo(3);
    story.succeeded("m").thenInputs("j", "m", "m-worker-0", "m-worker-1");
  }

  @Test
  void aRunWhoseLastStepSucceededTooLateHasNothingLeftToDo() {
    again(given(flow("steps: [{name: only}]")).start().cancel().succeeded("only"))
        .then()
        .thenTold("run.started", "run.succeeded")
        .thenStands(Result.SUCCEEDED);
  }

  private static String refusal(String yaml, Frontier frontier) {
    Story story = given(flow(yaml)).startFrom(ORIGIN, frontier).then().thenTold("run.failed");
    String message = ((RunState.Ended) story.thenStands(Result.FAILED).state()).message();
    String prefix = "the run cannot go on from what it was given of another one: ";
    String suffix = "; retry that run, or start a fresh one";
    assertThat(message).startsWith(prefix).endsWith(suffix);
    return message.substring(prefix.length(), message.length() - suffix.length());
  }

  private static Frontier.Waiting waiting(String task) {
    return new Frontier.Waiting(TaskId.parse(task), List.of(), 0);
  }

  private static Frontier frontier(List<Frontier.Fan> fans, Frontier.Waiting... waiting) {
    return new Frontier(List.of(), fans, List.of(), List.of(waiting));
  }

  @Test
  void whatTheFlowCannotGoOnFromIsRefused() {
    assertThat(refusal(FOREACH, frontier(List.of())))
        .isEqualTo("nothing is left to run, or more than one run is");
    assertThat(refusal(FOREACH, frontier(List.of(), waiting("soup"))))
        .isEqualTo("the flow has no step 'soup'");
    assertThat(refusal(FOREACH, frontier(List.of(), waiting("start-1"))))
        .isEqualTo("task start-1 does not lie in 0 foreaches, as its step does");
    assertThat(refusal(FOREACH, frontier(List.of(), waiting("start.1"))))
        .isEqualTo("task start.1 repeats too often");
    assertThat(refusal(FOREACH, frontier(List.of(), waiting("work-0"))))
        .isEqualTo("tasks run inside the foreach of 'start', which is not open");
    assertThat(refusal(FOREACH, frontier(List.of(), waiting("start"), waiting("join"))))
        .isEqualTo("two tasks run in the branch of join");
    assertThat(
            refusal(
                FOREACH,
                frontier(
                    List.of(new Frontier.Fan(TaskId.parse("start"), 9, 2, List.of())),
                    waiting("work-0"))))
        .isEqualTo("of 2 branches of 'start' 1 run and 0 have arrived");
    assertThat(
            refusal(
                FOREACH,
                frontier(List.of(new Frontier.Fan(TaskId.parse("start"), -1, 0, List.of())))))
        .isEqualTo("the foreach of start has begun 0 of -1 branches");
    assertThat(
            refusal(
                FOREACH,
                frontier(
                    List.of(
                        new Frontier.Fan(
                            TaskId.parse("start"),
                            3,
                            0,
                            List.of(new Frontier.Chunk(7, new byte[1], Map.of())))))))
        .isEqualTo("the foreach of start has no chunk 7");
    assertThat(
            refusal(
                FOREACH,
                new Frontier(
                    List.of(TaskId.parse("join")),
                    List.of(),
                    List.of(),
                    List.of(waiting("start")))))
        .isEqualTo("nothing is left to run, or more than one run is");
  }
}
