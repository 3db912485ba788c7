package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static io.millrace.core.Story.given;
import static io.millrace.core.Story.ordered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.core.RunState.Result;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Frontier;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocumentReader;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A new run does a step of another one once more, and all that follows it. */
class RerunTest {
  private static final RunId ORIGIN = RunId.of("run");

  private static final String SPLITS =
      """
      steps:
      - {name: start, next: [a, b]}
      - {name: a, next: [a1, a2]}
      - {name: a1, next: inner}
      - {name: a2, next: inner}
      - {name: inner, join: true, next: join}
      - {name: b, next: b2}
      - {name: b2, next: join}
      - {name: join, join: true, next: end}
      - {name: end}
      """;

  private static final String FOREACH =
      """
      limits: {maxParallelTasks: 2}
      steps:
      - {name: start, next: [fan, beside]}
      - {name: fan, next: {foreach: work}}
      - {name: work, next: more}
      - {name: more, next: gather}
      - {name: gather, join: true, next: join}
      - {name: beside, next: join}
      - {name: join, join: true}
      """;

  private static Frontier before(String step, Story former, String yaml) {
    Map<EntityKey, Entity> entities = new HashMap<>();
    former
        .log()
        .state()
        .runs()
        .keysOf(ORIGIN)
        .forEach(key -> entities.put(key, state(former, key)));
    FlowGraph graph = FlowGraph.of(FlowDocumentReader.read(flow(yaml)));
    return Rerun.before(StepName.of(step), ORIGIN, entities, graph);
  }

  private static Entity state(Story former, EntityKey key) {
    return former.log().state().get(key);
  }

  private static Story from(String step, Story former, String yaml) {
    Frontier frontier = before(step, former, yaml);
    return former.run("again").startFrom(ORIGIN, frontier);
  }

  private static Story splitsUpTo(String... steps) {
    Story story = given(flow(SPLITS)).start();
    for (String step : steps) {
      story.succeeded(step);
    }
    return story;
  }

  @Test
  void aStepOnABranchGetsTheOthersResultsAtTheJoin() {
    Story done = splitsUpTo("start", "a", "b", "a1", "a2", "b2", "inner", "join", "end");
    from("a2", done, SPLITS)
        .then(ordered("a2"))
        .thenInputs("a2", "a")
        .succeeded("a2")
        .then(ordered("inner"))
        .thenInputs("inner", "a1", "a2")
        .succeeded("inner")
        .then(ordered("join"))
        .thenInputs("join", "inner", "b2")
        .succeeded("join")
        .succeeded("end")
        .thenStands(Result.SUCCEEDED);
  }

  @Test
  void whatFailedOnAnotherBranchRunsToo() {
    Story failed = splitsUpTo("start", "a", "b", "a1", "a2").failed("b2").succeeded("inner");
    from("a", failed, SPLITS)
        .then(ordered("b2"), ordered("a"))
        .succeeded("b2")
        .succeeded("a")
        .then(ordered("a1"), ordered("a2"))
        .succeeded("a1")
        .succeeded("a2")
        .succeeded("inner")
        .then(ordered("join"))
        .thenInputs("join", "inner", "b2");
  }

  private static Story foreach() {
    return given(flow(FOREACH))
        .start()
        .succeeded("start")
        .succeeded("beside")
        .succeeded("fan", Outcome.splitting(3))
        .succeeded("work-0")
        .succeeded("work-1")
        .succeeded("more-0")
        .succeeded("more-1")
        .succeeded("work-2");
  }

  @Test
  void allBranchesOfAForeachRunAgainFromTheirFirstStep() {
    Story done = foreach().succeeded("more-2").succeeded("gather").succeeded("join");
    thenAllBranches(from("work", done, FOREACH));
    thenAllBranches(from("work", foreach().failed("more-2"), FOREACH));
  }

  private static void thenAllBranches(Story story) {
    story
        .then(ordered("work-0"), ordered("work-1"))
        .succeeded("work-0")
        .succeeded("work-1")
        .succeeded("more-0")
        .then(ordered("work-2"))
        .succeeded("more-1")
        .succeeded("work-2")
        .succeeded("more-2")
        .then(ordered("gather"))
        .thenInputs("gather", "more-0", "more-1", "more-2")
        .succeeded("gather")
        .then(ordered("join"))
        .thenInputs("join", "gather", "beside")
        .succeeded("join")
        .thenStands(Result.SUCCEEDED);
  }

  @Test
  void aGangKeepsItsSize() {
    String yaml =
        "steps: [{name: s, next: {gang: m, size: 3}}, {name: m, next: j}, {name: j, join: true}]";
    Story done = given(flow(yaml)).start().succeeded("s").succeeded("m").succeeded("j");
    Story story = from("m", done, yaml).then(ordered("m"));
    assertThat(story.launch("m").gang()).isEqualTo(3);
    story.succeeded("m").thenInputs("j", "m", "m-worker-0", "m-worker-1");
  }

  private static void refused(String step, Story former, String yaml, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> before(step, former, yaml))
        .withMessageContaining(message);
  }

  @Test
  void whatCannotBeDoneAgainIsNamed() {
    refused("more", foreach(), FOREACH, "name 'work', with which its branches begin");
    refused("soup", foreach(), FOREACH, "the flow has no step 'soup'; it has [start, fan");
    refused("join", foreach(), FOREACH, "the run did not reach step 'join'");
    Story early = given(flow(FOREACH)).start().succeeded("start").failed("fan");
    refused("work", early, FOREACH, "the run did not reach step 'work'");
  }

  @Test
  void whatWasTakenOverIsDoneAgainFromTheRunThatDidIt() {
    Story failed = splitsUpTo("start", "a", "b", "a1", "a2", "b2", "inner", "join").failed("end");
    Frontier frontier = failed.frontier();
    Story second = failed.run("second").startFrom(ORIGIN, frontier).succeeded("end");
    Map<EntityKey, Entity> entities = new HashMap<>();
    second
        .log()
        .state()
        .runs()
        .keysOf(RunId.of("second"))
        .forEach(key -> entities.put(key, state(second, key)));
    FlowGraph graph = FlowGraph.of(FlowDocumentReader.read(flow(SPLITS)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rerun.before(StepName.of("join"), RunId.of("second"), entities, graph))
        .withMessageContaining("'join' was taken over from run run");
  }
}
