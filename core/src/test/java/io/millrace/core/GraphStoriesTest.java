package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.RunState.Result;
import io.millrace.events.Outcome;
import io.millrace.events.StepName;
import org.junit.jupiter.api.Test;

/** Linear steps, splits, switches, recursions and gangs. */
class GraphStoriesTest {

  @Test
  void aFlowOfOneStep() {
    given(flow("steps: [{name: only}]"))
        .start()
        .then(ordered("only"))
        .thenTold("run.started", "task.ordered")
        .succeeded("only")
        .then()
        .thenTold("task.succeeded", "run.succeeded")
        .thenStands(Result.SUCCEEDED);
  }

  @Test
  void stepsInARow() {
    given(flow("steps: [{name: start, next: middle}, {name: middle, next: end}, {name: end}]"))
        .start()
        .then(ordered("start"))
        .succeeded("start")
        .then(ordered("middle"))
        .thenInputs("middle", "start")
        .succeeded("middle")
        .then(ordered("end"))
        .thenInputs("end", "middle")
        .succeeded("end")
        .thenStands(Result.SUCCEEDED);
  }

  @Test
  void aJoinGetsItsInputsInTheOrderOfTheSplit() {
    given(
            flow(
                """
                steps:
                - {name: start, next: [b, a, c]}
                - {name: a, next: join}
                - {name: b, next: join}
                - {name: c, next: c2}
                - {name: c2, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start")
        .then(ordered("b"), ordered("a"), ordered("c"))
        .succeeded("c")
        .then(ordered("c2"))
        .succeeded("a")
        .then()
        .succeeded("c2")
        .then()
        .succeeded("b")
        .then(ordered("join"))
        .thenInputs("join", "b", "a", "c2")
        .succeeded("join")
        .thenStands(Result.SUCCEEDED);
  }

  @Test
  void splitsInsideSplits() {
    given(
            flow(
                """
                steps:
                - {name: start, next: [a, b]}
                - {name: a, next: [a1, a2]}
                - {name: a1, next: inner}
                - {name: a2, next: inner}
                - {name: inner, join: true, next: outer}
                - {name: b, next: outer}
                - {name: outer, join: true, next: end}
                - {name: end}
                """))
        .start()
        .succeeded("start")
        .succeeded("a")
        .then(ordered("a1"), ordered("a2"))
        .succeeded("b")
        .then()
        .succeeded("a2")
        .then()
        .succeeded("a1")
        .then(ordered("inner"))
        .thenInputs("inner", "a1", "a2")
        .succeeded("inner")
        .then(ordered("outer"))
        .thenInputs("outer", "inner", "b")
        .succeeded("outer")
        .then(ordered("end"));
  }

  private static final String SWITCH_IN_A_BRANCH =
      """
      steps:
      - {name: start, next: [a, b]}
      - {name: a, next: {switch: [small, big]}}
      - {name: small, next: join}
      - {name: big, next: bigger}
      - {name: bigger, next: join}
      - {name: b, next: join}
      - {name: join, join: true}
      """;

  @Test
  void aSwitchTakesOneWay() {
    given(
            flow(
                "steps: [{name: start, next: {switch: [a, b]}}, {name: a, next: end}, {name: b, next: end}, {name: end}]"))
        .start()
        .succeeded("start", Outcome.taking(StepName.of("b")))
        .then(ordered("b"))
        .succeeded("b")
        .then(ordered("end"))
        .thenInputs("end", "b")
        .succeeded("end")
        .thenStands(Result.SUCCEEDED);
  }

  @Test
  void aSwitchInABranchOfASplitMeetsTheJoinByEitherWay() {
    given(flow(SWITCH_IN_A_BRANCH))
        .start()
        .succeeded("start")
        .succeeded("b")
        .succeeded("a", Outcome.taking(StepName.of("small")))
        .then(ordered("small"))
        .succeeded("small")
        .then(ordered("join"))
        .thenInputs("join", "small", "b");
    given(flow(SWITCH_IN_A_BRANCH))
        .start()
        .succeeded("start")
        .succeeded("a", Outcome.taking(StepName.of("big")))
        .succeeded("big")
        .succeeded("bigger")
        .succeeded("b")
        .then(ordered("join"))
        .thenInputs("join", "bigger", "b");
  }

  @Test
  void aSwitchThatNamesNoneOfItsStepsFails() {
    Story story =
        given(flow("steps: [{name: start, next: {switch: [a, b]}}, {name: a}, {name: b}]"))
            .start()
            .succeeded("start", Outcome.taking(StepName.of("c")))
            .thenTold("task.failed", "run.failed")
            .thenStands(Result.FAILED);
    assertThat(((RunState.Ended) story.state()).message())
        .isEqualTo(
            "task start failed: the switch took 'c'; expected the outcome's \"next\" to be one of [a, b]");
  }

  @Test
  void aRecursionRepeatsItsStepAndKeepsOnlyItsLastPass() {
    Story story =
        given(
                flow(
                    """
                    steps:
                    - {name: start, next: refine}
                    - {name: refine, next: {switch: [refine, end]}}
                    - {name: end}
                    """))
            .start()
            .succeeded("start")
            .then(ordered("refine"))
            .succeeded("refine", Outcome.taking(StepName.of("refine")))
            .then(ordered("refine.1"))
            .thenInputs("refine.1", "refine")
            .succeeded("refine.1", Outcome.taking(StepName.of("refine")))
            .then(ordered("refine.2"))
            .succeeded("refine.2", Outcome.taking(StepName.of("end")))
            .then(ordered("end"))
            .thenInputs("end", "refine.2");
    assertThat(story.task("refine")).isNull();
    assertThat(story.task("refine.1")).isNull();
    assertThat(story.task("refine.2")).isNotNull();
    assertThat(story.progress("refine").done()).isEqualTo(3);
    assertThat(story.progress("refine").total()).isEqualTo(3);
    story.succeeded("end").thenStands(Result.SUCCEEDED);
  }

  @Test
  void aRecursionThatMeetsAJoin() {
    given(
            flow(
                """
                steps:
                - {name: start, next: [refine, b]}
                - {name: refine, next: {switch: [refine, join]}}
                - {name: b, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start")
        .succeeded("b")
        .succeeded("refine", Outcome.taking(StepName.of("refine")))
        .succeeded("refine.1", Outcome.taking(StepName.of("join")))
        .then(ordered("join"))
        .thenInputs("join", "refine.1", "b");
  }

  @Test
  void aRunThatBeginsWithARecursion() {
    given(flow("steps: [{name: go, next: {switch: [go, end]}}, {name: end}]"))
        .start()
        .succeeded("go", Outcome.taking(StepName.of("go")))
        .then(ordered("go.1"))
        .succeeded("go.1", Outcome.taking(StepName.of("end")))
        .then(ordered("end"));
  }

  private static final String GANG =
      """
      steps:
      - {name: start, next: {gang: train%s}}
      - {name: train, next: join}
      - {name: join, join: true}
      """;

  @Test
  void aGangIsOneOrderAndItsJoinGetsEveryMember() {
    Story story = given(flow(GANG.formatted(", size: 4"))).start().succeeded("start");
    story.then(ordered("train"));
    assertThat(story.launch("train").gang()).isEqualTo(4);
    story
        .succeeded("train")
        .then(ordered("join"))
        .thenInputs("join", "train", "train-worker-0", "train-worker-1", "train-worker-2");
    assertThat(story.launch("join").gang()).isZero();
  }

  @Test
  void theOutcomeMaySayHowManyMembersAGangHas() {
    given(flow(GANG.formatted("")))
        .start()
        .succeeded("start", Outcome.gang(2))
        .succeeded("train")
        .thenInputs("join", "train", "train-worker-0");
    given(flow(GANG.formatted("")))
        .start()
        .succeeded("start")
        .thenTold("task.failed", "run.failed");
    given(flow(GANG.formatted("")))
        .start()
        .succeeded("start", Outcome.gang(1))
        .thenTold("task.failed", "run.failed");
  }

  @Test
  void aGangInsideAForeach() {
    given(
            flow(
                """
                steps:
                - {name: start, next: {foreach: body, items: [x, y]}}
                - {name: body, next: {gang: train, size: 2}}
                - {name: train, next: gather}
                - {name: gather, join: true, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start")
        .succeeded("body-1")
        .then(ordered("train-1"))
        .succeeded("train-1")
        .then(ordered("gather-1"))
        .thenInputs("gather-1", "train-1", "train-1-worker-0")
        .succeeded("gather-1")
        .succeeded("body-0")
        .succeeded("train-0")
        .succeeded("gather-0")
        .then(ordered("join"))
        .thenInputs("join", "gather-0", "gather-1");
  }
}
