package io.millrace.client.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.StepName;
import io.millrace.events.api.RunView;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Split;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a flow's steps stand to one another: how deep, and what comes before what. */
public final class StepLayout {
  private final Map<StepName, Integer> depths = new HashMap<>();
  private final Map<StepName, Set<StepName>> before = new HashMap<>();

  private StepLayout() {}

  /** Of a flow whose document is not at hand: all steps side by side. */
  public static StepLayout flat() {
    return new StepLayout();
  }

  /** Of a document; flat when this client does not understand it. */
  public static StepLayout of(JsonNode document) {
    var layout = new StepLayout();
    var problems = new ArrayList<FlowProblem>();
    FlowDocument flow = document == null ? null : FlowDocumentReader.read(document, problems);
    if (flow != null && problems.isEmpty()) {
      FlowGraph graph = FlowGraph.check(flow, problems);
      if (graph != null) {
        layout.place(graph, flow.start(), 0);
      }
    }
    return layout;
  }

  private void place(FlowGraph graph, StepName name, int depth) {
    if (depths.putIfAbsent(name, depth) != null) {
      return;
    }
    Step step = graph.step(name);
    boolean opens =
        step.next() instanceof Split
            || step.next() instanceof Foreach
            || step.next() instanceof Gang;
    for (StepName target : step.next().targets()) {
      if (!target.equals(name)) {
        before.computeIfAbsent(target, t -> new HashSet<>()).add(name);
        boolean joins = graph.step(target).join();
        int inside = opens ? depth + 1 : depth;
        place(graph, target, joins ? depths.get(graph.openerOf(target)) : inside);
      }
    }
  }

  /** How many splits, foreaches and gangs enclose a step. */
  int depth(StepName step) {
    return depths.getOrDefault(step, 0);
  }

  /**
   * The steps that had something to do and of which nothing can follow any more: what is known of
   * them is done, and so is all that leads to them. Without the second half a step within a foreach
   * would be done again and again.
   */
  public Set<StepName> finished(RunView run) {
    Map<StepName, RunView.Step> steps =
        steps(run).stream().collect(Collectors.toMap(RunView.Step::step, step -> step));
    var settled = new HashMap<StepName, Boolean>();
    return steps(run).stream()
        .filter(step -> step.total() > 0 && isSettled(step.step(), steps, settled))
        .map(RunView.Step::step)
        .collect(Collectors.toSet());
  }

  private boolean isSettled(
      StepName name, Map<StepName, RunView.Step> steps, Map<StepName, Boolean> known) {
    Boolean before = known.get(name);
    if (before != null) {
      return before;
    }
    RunView.Step step = steps.get(name);
    boolean settled =
        (step == null || isComplete(step))
            && this.before.getOrDefault(name, Set.of()).stream()
                .allMatch(parent -> isSettled(parent, steps, known));
    known.put(name, settled);
    return settled;
  }

  static boolean isComplete(RunView.Step step) {
    return step.active() == 0 && step.done() + step.failed() >= step.total();
  }

  /** The steps that the server told; none when it told of a run in a list. */
  static List<RunView.Step> steps(RunView run) {
    return run.steps() == null ? List.of() : run.steps();
  }
}
