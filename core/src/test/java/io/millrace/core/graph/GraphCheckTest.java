package io.millrace.core.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a flow's graph must satisfy, one mistake at a time, in the words its author reads. */
class GraphCheckTest {

  private static FlowGraph graph(List<FlowProblem> problems, String steps) {
    JsonNode document =
        FlowDocuments.parse("name: f\nparameters: {n: {type: string}}\nsteps: " + steps);
    for (JsonNode step : document.path("steps")) {
      ((ObjectNode) step).putObject("container").put("image", "i");
    }
    return FlowGraph.check(FlowDocumentReader.read(document), problems);
  }

  private static void wrong(String steps, String... expected) {
    var problems = new ArrayList<FlowProblem>();
    assertThat(graph(problems, steps)).isNull();
    assertThat(problems.stream().map(FlowProblem::toString)).containsExactly(expected);
  }

  @Test
  void aStepThatIsNotThere() {
    wrong(
        "[{name: a, next: b}]", "steps[0] (a).next: no step is called 'b'; the flow's steps are a");
  }

  @Test
  void aFirstStepThatIsNotThere() {
    var problems = new ArrayList<FlowProblem>();
    JsonNode document =
        FlowDocuments.parse("{name: f, start: x, steps: [{name: a, container: {image: i}}]}");
    FlowGraph.check(FlowDocumentReader.read(document), problems);
    assertThat(problems)
        .extracting(FlowProblem::toString)
        .containsExactly("start: no step is called 'x'; the flow's steps are a");
  }

  @Test
  void aStepThatCannotBeReached() {
    wrong("[{name: a}, {name: b}]", "steps[1] (b): cannot be reached from the first step 'a'");
  }

  @Test
  void theSameBranchTwice() {
    wrong(
        "[{name: a, next: [b, b]}, {name: b, next: j}, {name: j, join: true}]",
        "steps[0] (a).next: names a step twice; each branch needs a step of its own",
        "steps[1] (b): is reached from branch 1 of 'a' and from branch 2 of 'a' (by 'a'); only a join may close a branch, so mark it join: true or use separate steps");
  }

  @Test
  void aWayBackToTheFirstStep() {
    wrong(
        "[{name: a, next: b}, {name: b, next: a}]",
        "steps[1] (b).next: leads back to the first step 'a'; a run starts once",
        "steps[0] (a).next: the steps a, b form a cycle; only a switch that leads to its own step may repeat");
  }

  @Test
  void aCycle() {
    wrong(
        "[{name: a, next: b}, {name: b, next: c}, {name: c, next: {switch: [b, d]}}, {name: d}]",
        "steps[1] (b).next: the steps b, c form a cycle; only a switch that leads to its own step may repeat");
  }

  @Test
  void aStepThatLeadsToItself() {
    wrong(
        "[{name: a, next: b}, {name: b, next: b}]",
        "steps[1] (b).next: leads to itself; only a switch may, since only a switch can leave again");
  }

  @Test
  void aJoinThatMatchesNothing() {
    wrong(
        "[{name: a, next: j}, {name: j, join: true}]",
        "steps[1] (j).join: matches no split, foreach or gang: 'a' leads to it outside any");
    wrong("[{name: a, join: true}]", "steps[0] (a).join: the first step has nothing to join");
  }

  @Test
  void aSplitThatIsNeverJoined() {
    wrong(
        "[{name: a, next: [b, c]}, {name: b}, {name: c}]",
        "steps[1] (b).next: ends inside what step 'a' opened; lead it to a join",
        "steps[2] (c).next: ends inside what step 'a' opened; lead it to a join");
  }

  @Test
  void branchesThatMeetWithoutAJoin() {
    wrong(
        "[{name: a, next: [b, c]}, {name: b, next: d}, {name: c, next: d}, {name: d, next: j}, {name: j, join: true}]",
        "steps[3] (d): is reached from branch 1 of 'a' and from branch 2 of 'a' (by 'c'); only a join may close a branch, so mark it join: true or use separate steps");
  }

  @Test
  void aJoinThatWouldCloseTwoSplits() {
    wrong(
        "[{name: a, next: {switch: [b, c]}}, {name: b, next: [b1, b2]}, {name: b1, next: j}, {name: b2, next: j}, {name: c, next: [c1, c2]}, {name: c1, next: j}, {name: c2, next: j}, {name: j, join: true}]",
        "steps[7] (j).join: would close both what 'b' and what 'c' opened; each needs a join of its own");
  }

  @Test
  void twoJoinsOfOneSplit() {
    wrong(
        "[{name: a, next: [b, c]}, {name: b, next: j}, {name: c, next: k}, {name: j, join: true}, {name: k, join: true}]",
        "steps[2] (c).next: what 'a' opened is joined by 'j' already; its branches must meet in one join");
  }

  @Test
  void aBranchWithoutAStep() {
    wrong(
        "[{name: a, next: [b, j]}, {name: b, next: j}, {name: j, join: true}]",
        "steps[0] (a).next: the branch to join 'j' has no step; put one between");
    wrong(
        "[{name: a, next: {foreach: j}}, {name: j, join: true}]",
        "steps[0] (a).next.foreach: leads straight to join 'j'; put a step between");
  }

  @Test
  void switchesThatCannotWork() {
    wrong(
        "[{name: a, next: {switch: [b]}}, {name: b}]",
        "steps[0] (a).next.switch: expected at least two steps to choose from");
    wrong(
        "[{name: a, fallback: {}, next: {switch: [b, c]}}, {name: b}, {name: c}]",
        "steps[0] (a).fallback: a switch needs its outcome; a fallback cannot say where to go on");
    wrong(
        "[{name: a, next: [b, c]}, {name: b, next: j}, {name: c, next: j}, {name: j, join: true, next: {switch: [j, e]}}, {name: e}]",
        "steps[3] (j).next.switch: a join cannot repeat itself; let it lead to a step that does");
  }

  @Test
  void foreachesThatCannotWork() {
    wrong(
        "[{name: a, fallback: {}, next: {foreach: b}}, {name: b, next: j}, {name: j, join: true}]",
        "steps[0] (a).fallback: the foreach needs its size from the outcome; a fallback has none");
    wrong(
        "[{name: a, next: {foreach: b, parameter: m}}, {name: b, next: j}, {name: j, join: true}]",
        "steps[0] (a).next.parameter: the flow has no parameter 'm'");
    wrong(
        "[{name: a, next: {foreach: b, parameter: n}}, {name: b, next: j}, {name: j, join: true}]",
        "steps[0] (a).next.parameter: expected a parameter of type integer (the size) or json (a list of items), 'n' is of type string");
  }

  @Test
  void gangsThatCannotWork() {
    wrong(
        "[{name: a, next: {gang: b, size: 2}}, {name: b}]",
        "steps[1] (b).next: a gang's step leads to one join, which gets all members as its inputs",
        "steps[1] (b).next: ends inside what step 'a' opened; lead it to a join");
    wrong(
        "[{name: a, fallback: {}, next: {gang: b}}, {name: b, fallback: {}, next: j}, {name: j, join: true}]",
        "steps[0] (a).fallback: the gang needs its size from the outcome; a fallback has none",
        "steps[1] (b).fallback: a gang cannot have one: its members end together");
  }

  @Test
  void aGraphKnowsWhatBelongsTogether() {
    FlowGraph graph =
        graph(
            new ArrayList<>(),
            "[{name: a, next: {foreach: b}}, {name: b, next: [c, d]}, {name: c, next: j}, {name: d, next: j}, {name: j, join: true, next: k}, {name: k, join: true}]");
    assertThat(graph.joinOf(StepName.of("a"))).isEqualTo(StepName.of("k"));
    assertThat(graph.openerOf(StepName.of("j"))).isEqualTo(StepName.of("b"));
    assertThat(graph.closes(StepName.of("k"))).isEqualTo(FlowGraph.Closes.FOREACH);
    assertThat(graph.closes(StepName.of("j"))).isEqualTo(FlowGraph.Closes.SPLIT);
    assertThat(graph.branchOf(StepName.of("d"))).isEqualTo(1);
    assertThat(graph.depth(StepName.of("c"))).isEqualTo(1);
    assertThat(graph.depth(StepName.of("k"))).isZero();
    assertThat(graph.usualParent(StepName.of("k"))).isEqualTo(StepName.of("j"));
  }

  @Test
  void manyMistakesInALargeFlowAreCutShort() {
    var steps = new StringBuilder("[");
    for (int i = 0; i < 2000; i++) {
      steps.append("{name: s%d, next: [x%d, y%d]},".formatted(i, i, i));
    }
    var problems = new ArrayList<FlowProblem>();
    graph(problems, steps.append("]").toString());
    assertThat(problems).hasSize(FlowProblem.MOST);
    assertThat(problems.getFirst().message()).endsWith("s18, s19 and 1980 more");
  }
}
