package io.millrace.core.graph;

import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.InvalidFlowException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A valid flow with all that the engine asks of its structure: which join closes which split,
 * foreach or gang, and how deep a step lies. Immutable.
 *
 * <p>The rules are those of Metaflow's graphs: splits, foreaches and gangs nest like brackets; each
 * is closed by one join; the only cycle is a switch that leads to its own step.
 */
public final class FlowGraph {
  private final FlowDocument document;
  private final Map<StepName, Step> steps;
  private final Map<StepName, List<Frame>> scopes;
  private final Map<StepName, Frame> closes;
  private final Map<StepName, StepName> joins;
  private final Map<StepName, StepName> usualParents;
  private final Map<StepName, StepName> foreaches = new HashMap<>();

  FlowGraph(
      FlowDocument document,
      Map<StepName, Step> steps,
      Map<StepName, List<Frame>> scopes,
      Map<StepName, Frame> closes,
      Map<StepName, StepName> joins,
      Map<StepName, StepName> usualParents) {
    this.document = document;
    this.steps = Map.copyOf(steps);
    this.scopes = Map.copyOf(scopes);
    this.closes = Map.copyOf(closes);
    this.joins = Map.copyOf(joins);
    this.usualParents = Map.copyOf(usualParents);
    for (Step step : steps.values()) {
      if (step.next() instanceof Foreach foreach) {
        foreaches.put(foreach.body(), step.name());
      }
    }
  }

  /** What a join closes. */
  public enum Closes {
    SPLIT,
    FOREACH,
    GANG
  }

  /**
   * The graph of a document.
   *
   * @throws InvalidFlowException with everything that is wrong with the graph
   */
  public static FlowGraph of(FlowDocument document) {
    var problems = new ArrayList<FlowProblem>();
    FlowGraph graph = check(document, problems);
    if (!problems.isEmpty()) {
      throw new InvalidFlowException(problems);
    }
    return graph;
  }

  /**
   * Checks a document that may have other problems already.
   *
   * @param problems gets everything that is wrong with the graph
   * @return null when there are problems
   */
  public static FlowGraph check(FlowDocument document, List<FlowProblem> problems) {
    int before = problems.size();
    new TriggerCheck(document, problems).run();
    boolean triggersFit = problems.size() == before;
    FlowGraph graph = new GraphCheck(document).run(problems);
    return triggersFit ? graph : null;
  }

  public FlowDocument document() {
    return document;
  }

  /**
   * @throws IllegalArgumentException when the flow has no such step
   */
  public Step step(StepName name) {
    Step step = steps.get(name);
    if (step == null) {
      throw new IllegalArgumentException("flow %s has no step %s".formatted(document.name(), name));
    }
    return step;
  }

  /** Whether the flow has such a step. */
  public boolean has(StepName name) {
    return steps.containsKey(name);
  }

  /** What encloses a step, the outermost first. */
  public List<Frame> scope(StepName step) {
    return scopes.get(step);
  }

  /** How many foreaches enclose a step: the length of its tasks' paths. */
  public int depth(StepName step) {
    return (int) scopes.get(step).stream().filter(f -> f.kind() == Frame.Kind.FOREACH).count();
  }

  /** The step that opens the foreach whose branches begin with a step; null for other steps. */
  public StepName foreachOf(StepName body) {
    return foreaches.get(body);
  }

  /** What a join closes. */
  public Closes closes(StepName join) {
    return Closes.valueOf(closes.get(join).kind().name());
  }

  /** The step that opened what a join closes. */
  public StepName openerOf(StepName join) {
    return closes.get(join).opener();
  }

  /** The join that closes the split, foreach or gang that a step opens. */
  public StepName joinOf(StepName opener) {
    return joins.get(opener);
  }

  /** The branch of the innermost enclosing split that a step lies on. */
  public int branchOf(StepName step) {
    return scopes.get(step).getLast().branch();
  }

  /**
   * The step from which most branches of a foreach reach its join; branches that come from another
   * one are remembered as exceptions.
   */
  public StepName usualParent(StepName join) {
    return usualParents.get(join);
  }
}
