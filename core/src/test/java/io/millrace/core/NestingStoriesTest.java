package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.Outcome;
import io.millrace.events.StepName;
import org.junit.jupiter.api.Test;

/** Foreaches inside of others, and what lies inside of foreaches. */
class NestingStoriesTest {

  @Test
  void aForeachInsideAForeach() {
    Story story =
        given(
                flow(
                    """
                    steps:
                    - {name: start, next: {foreach: outer, items: [x, y]}}
                    - {name: outer, next: {foreach: inner}}
                    - {name: inner, next: gather}
                    - {name: gather, join: true, next: join}
                    - {name: join, join: true}
                    """))
            .start()
            .succeeded("start")
            .then(ordered("outer-0"), ordered("outer-1"))
            .succeeded("outer-1", Outcome.splitting(2))
            .then(ordered("inner-1-0"), ordered("inner-1-1"))
            .thenInputs("inner-1-1", "outer-1")
            .succeeded("inner-1-1")
            .succeeded("outer-0", Outcome.splitting(1))
            .then(ordered("inner-0-0"))
            .succeeded("inner-0-0")
            .then(ordered("gather-0"))
            .thenInputs("gather-0", "inner-0-0")
            .succeeded("inner-1-0")
            .then(ordered("gather-1"))
            .thenInputs("gather-1", "inner-1-0", "inner-1-1")
            .succeeded("gather-1")
            .then()
            .succeeded("gather-0")
            .then(ordered("join"))
            .thenInputs("join", "gather-0", "gather-1");
    assertThat(story.log().state().entities())
        .noneMatch(e -> e instanceof Entity.Fan || e instanceof Entity.Chunk);
  }

  private static final String SWITCH_INSIDE =
      """
      steps:
      - {name: start, next: {foreach: work}}
      - {name: work, next: {switch: [small, big, join]}}
      - {name: small, next: join}
      - {name: big, next: join}
      - {name: join, join: true}
      """;

  @Test
  void branchesOfASwitchInsideAForeachMeetItsJoinFromDifferentSteps() {
    given(flow(SWITCH_INSIDE))
        .start()
        .succeeded("start", Outcome.splitting(4))
        .succeeded("work-0", Outcome.taking(StepName.of("big")))
        .succeeded("work-1", Outcome.taking(StepName.of("join")))
        .then()
        .succeeded("work-2", Outcome.taking(StepName.of("small")))
        .succeeded("work-3", Outcome.taking(StepName.of("big")))
        .succeeded("big-3")
        .succeeded("big-0")
        .succeeded("small-2")
        .then(ordered("join"))
        .thenInputs("join", "big-0", "work-1", "small-2", "big-3");
  }

  @Test
  void aRecursionInsideAForeach() {
    Story story =
        given(
                flow(
                    """
                    steps:
                    - {name: start, next: {foreach: refine}}
                    - {name: refine, next: {switch: [refine, join]}}
                    - {name: join, join: true}
                    """))
            .start()
            .succeeded("start", Outcome.splitting(3))
            .succeeded("refine-1", Outcome.taking(StepName.of("refine")))
            .then(ordered("refine-1.1"))
            .thenInputs("refine-1.1", "refine-1")
            .succeeded("refine-1.1", Outcome.taking(StepName.of("refine")))
            .then(ordered("refine-1.2"))
            .succeeded("refine-0", Outcome.taking(StepName.of("join")))
            .succeeded("refine-2", Outcome.taking(StepName.of("refine")))
            .succeeded("refine-2.1", Outcome.taking(StepName.of("join")))
            .succeeded("refine-1.2", Outcome.taking(StepName.of("join")))
            .then(ordered("join"))
            .thenInputs("join", "refine-0", "refine-1.2", "refine-2.1");
    assertThat(story.log().state().entities())
        .filteredOn(Entity.Task.class::isInstance)
        .extracting(e -> ((Entity.Task) e).id().toString())
        .containsExactlyInAnyOrder("start", "join");
  }

  @Test
  void aSplitInsideAForeach() {
    given(
            flow(
                """
                steps:
                - {name: start, next: {foreach: work, items: [x, y]}}
                - {name: work, next: [a, b]}
                - {name: a, next: both}
                - {name: b, next: both}
                - {name: both, join: true, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start")
        .succeeded("work-0")
        .succeeded("work-1")
        .then(ordered("a-1"), ordered("b-1"))
        .succeeded("b-1")
        .succeeded("a-0")
        .then()
        .succeeded("a-1")
        .then(ordered("both-1"))
        .thenInputs("both-1", "a-1", "b-1")
        .succeeded("both-1")
        .succeeded("b-0")
        .thenInputs("both-0", "a-0", "b-0")
        .succeeded("both-0")
        .then(ordered("join"))
        .thenInputs("join", "both-0", "both-1");
  }

  @Test
  void aForeachInABranchOfASplit() {
    given(
            flow(
                """
                steps:
                - {name: start, next: [many, one]}
                - {name: many, next: {foreach: work, items: [1, 2]}}
                - {name: work, next: gather}
                - {name: gather, join: true, next: join}
                - {name: one, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start")
        .succeeded("many")
        .then(ordered("work-0"), ordered("work-1"))
        .succeeded("one")
        .succeeded("work-0")
        .succeeded("work-1")
        .succeeded("gather")
        .then(ordered("join"))
        .thenInputs("join", "gather", "one");
  }
}
