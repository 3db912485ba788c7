package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.core.RunState.Result;
import io.millrace.events.Json;
import io.millrace.events.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A step that follows many times, and the join that waits for all of them. */
class ForeachStoriesTest {
  private static final String BY_OUTCOME =
      """
      steps:
      - {name: start, next: {foreach: work}}
      - {name: work, next: join}
      - {name: join, join: true}
      """;

  private static final String BY_PARAMETER =
      """
      parameters: {over: {type: %s}}
      steps:
      - {name: start, next: {foreach: work, parameter: over}}
      - {name: work, next: join}
      - {name: join, join: true}
      """;

  @Test
  void theOutcomeSaysHowMany() {
    Story story =
        given(flow(BY_OUTCOME))
            .start()
            .succeeded("start", Outcome.splitting(3))
            .then(ordered("work-0"), ordered("work-1"), ordered("work-2"))
            .thenInputs("work-1", "start")
            .succeeded("work-2")
            .then()
            .succeeded("work-0")
            .then()
            .succeeded("work-1")
            .then(ordered("join"))
            .thenInputs("join", "work-0", "work-1", "work-2");
    assertThat(story.launch("join").inputs()).containsExactly("work-[0..2]");
    assertThat(story.launch("work-0").item()).isNull();
    story.succeeded("join").thenStands(Result.SUCCEEDED);
  }

  @Test
  void aForeachOverOneBranch() {
    given(flow(BY_OUTCOME))
        .start()
        .succeeded("start", Outcome.splitting(1))
        .succeeded("work-0")
        .then(ordered("join"))
        .thenInputs("join", "work-0");
  }

  @Test
  void aForeachWithoutBranchesOrWithoutSizeFails() {
    for (Outcome wrong :
        List.of(Outcome.splitting(0), Outcome.splitting(-1), Outcome.splitting(1_000_001))) {
      Story story = given(flow(BY_OUTCOME)).start().succeeded("start", wrong);
      assertThat(((RunState.Ended) story.thenStands(Result.FAILED).state()).message())
          .isEqualTo(
              "task start failed: the foreach to 'work' has %d branches; expected 1 to 1000000",
              wrong.splits());
    }
    Story silent = given(flow(BY_OUTCOME)).start().succeeded("start");
    assertThat(((RunState.Ended) silent.thenStands(Result.FAILED).state()).message())
        .isEqualTo(
            "task start failed: the step's outcome has no \"splits\"; the foreach to 'work' needs a number there");
  }

  @Test
  void aParameterSaysHowMany() {
    given(flow(BY_PARAMETER.formatted("integer")))
        .start(Map.of("over", IntNode.valueOf(2)))
        .succeeded("start")
        .then(ordered("work-0"), ordered("work-1"));
  }

  @Test
  void aParameterThatIsNoSizeFailsTheStep() {
    for (var wrong :
        List.of(TextNode.valueOf("many"), LongNode.valueOf(4_294_967_298L), Json.tree(2.5))) {
      Story story =
          given(flow(BY_PARAMETER.formatted("json")))
              .start(Map.of("over", wrong))
              .succeeded("start")
              .thenStands(Result.FAILED);
      assertThat(((RunState.Ended) story.state()).message())
          .isEqualTo(
              "task start failed: parameter 'over' is %s; the foreach to 'work' needs a whole number or a list there",
              wrong);
    }
    given(flow(BY_PARAMETER.formatted("json")))
        .start()
        .succeeded("start")
        .thenStands(Result.FAILED);
  }

  @Test
  void aParameterListsTheItems() {
    Story story =
        given(flow(BY_PARAMETER.formatted("json")))
            .start(Map.of("over", Json.tree(List.of("x", 7))))
            .succeeded("start")
            .then(ordered("work-0"), ordered("work-1"));
    assertThat(story.launch("work-0").item()).isEqualTo(Json.tree("x"));
    assertThat(story.launch("work-1").item()).isEqualTo(Json.tree(7));
  }

  @Test
  void theDocumentListsTheItems() {
    Story story =
        given(
                flow(
                    """
                    steps:
                    - {name: start, next: {foreach: work, items: [{a: 1}, null, z]}}
                    - {name: work, next: more}
                    - {name: more, next: join}
                    - {name: join, join: true}
                    """))
            .start()
            .succeeded("start")
            .then(ordered("work-0"), ordered("work-1"), ordered("work-2"));
    assertThat(story.launch("work-0").item().path("a").intValue()).isEqualTo(1);
    assertThat(story.launch("work-1").item().isNull()).isTrue();
    assertThat(story.launch("work-2").item()).isEqualTo(Json.tree("z"));
    story.succeeded("work-2").then(ordered("more-2"));
    assertThat(story.launch("more-2").item()).isNull();
  }

  @Test
  void branchesAreLaunchedLazilyInOrderOfTheirIndex() {
    Story story =
        given(flow("limits: {maxParallelTasks: 2}\n" + BY_OUTCOME))
            .start()
            .succeeded("start", Outcome.splitting(5))
            .then(ordered("work-0"), ordered("work-1"))
            .succeeded("work-1")
            .then(ordered("work-2"));
    assertThat(story.task("work-3")).isNull();
    assertThat(story.progress("work").total()).isEqualTo(5);
  }
}
