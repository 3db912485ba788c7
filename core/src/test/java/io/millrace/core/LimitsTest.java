package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.Cause;
import io.millrace.events.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which run is served next, and how much of it. */
class LimitsTest {
  private static final String WIDE =
      """
      steps:
      - {name: start, next: {foreach: work}}
      - {name: work, next: join}
      - {name: join, join: true}
      """;

  /** Delivers what the partition has to tell itself about permits. */
  private static Story deliver(Story story) {
    var decisions = new ArrayList<Decision>();
    var pending = new ArrayDeque<>(story.last().messages());
    while (!pending.isEmpty()) {
      Decision decision = story.log().decide(pending.remove().command());
      decisions.add(decision);
      pending.addAll(decision.messages());
    }
    story.look(Decision.all(decisions));
    return story;
  }

  @Test
  void aRunHasNoMoreAttemptsThanItsFlowAllows() {
    given(flow("limits: {maxParallelTasks: 2}\n" + WIDE))
        .start()
        .succeeded("start", Outcome.splitting(4))
        .then(ordered("work-0"), ordered("work-1"))
        .failed("work-0", Cause.Kind.LOST)
        .then(ordered("work-2"))
        .succeeded("work-1")
        .then(ordered("work-3"));
  }

  @Test
  void allRunsOfAFlowTogetherHaveNoMoreThanItAllows() {
    Story story =
        given(flow("limits: {maxParallelTasksOfFlow: 1}\nsteps: [{name: a, next: b}, {name: b}]"))
            .start();
    story.then();
    deliver(story).then(ordered("a"));
    story.run("other").start().then();
    deliver(story).then();
    story.run("run").succeeded("a").then(ordered("b"));
    story.succeeded("b").then("other:order a/0");
  }

  @Test
  void allRunsTogetherHaveNoMoreThanTheSettingAllows() {
    Story story = given(flow(WIDE)).limit(2).start();
    deliver(story).then(ordered("start"));
    deliver(story.succeeded("start", Outcome.splitting(4)));
    assertThat(story.log().state().active()).isEqualTo(2);
    story.limit(0);
    assertThat(story.orders()).hasSize(2);
  }

  @Test
  void runsAreServedInTurn() {
    Story story = given(flow("limits: {maxParallelTasks: 2}\n" + WIDE)).limit(2);
    for (String run : List.of("x", "y", "z")) {
      story.run(run).start();
      deliver(story);
    }
    story.run("x").succeeded("start", Outcome.splitting(9));
    deliver(story).run("none").then();
    assertThat(story.log().state().active()).isEqualTo(2);
    story.run("y").succeeded("start", Outcome.splitting(9)).run("none");
    deliver(story);
    assertThat(story.log().state().active()).isEqualTo(2);
    story.run("x").succeeded("work-0").then("z:order start/0");
    story.run("z").succeeded("start", Outcome.splitting(9)).then("x:order work-1/0");
    story.run("x").succeeded("work-1").then("y:order work-1/0");
  }

  @Test
  void aHigherPriorityGoesFirst() {
    Story story = given(flow("steps: [{name: a, next: b}, {name: b}]")).limit(1);
    story.run("slow").start(Map.of(), 0);
    deliver(story).then(ordered("a"));
    story.run("low").start(Map.of(), -1).run("high").start(Map.of(), 5);
    story.run("slow").succeeded("a").then("high:order a/0");
    story.run("high").succeeded("a").then(ordered("b"));
    story.succeeded("b").then("slow:order b/0");
    story.run("slow").succeeded("b").then("low:order a/0");
  }

  @Test
  void whatIsNearerToTheEndOfARunGoesFirst() {
    given(
            flow(
                """
                limits: {maxParallelTasks: 2}
                steps:
                - {name: start, next: {foreach: work}}
                - {name: work, next: more}
                - {name: more, next: join}
                - {name: join, join: true}
                """))
        .start()
        .succeeded("start", Outcome.splitting(9))
        .then(ordered("work-0"), ordered("work-1"))
        .succeeded("work-1")
        .then(ordered("more-1"))
        .succeeded("more-1")
        .then(ordered("work-2"));
  }
}
