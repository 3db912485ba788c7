package io.millrace.core.graph;

import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Next;
import io.millrace.events.flow.FlowDocument.OverParameter;
import io.millrace.events.flow.FlowDocument.Parameter;
import io.millrace.events.flow.FlowDocument.Split;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowDocument.Switch;
import io.millrace.events.flow.FlowDocument.Type;
import io.millrace.events.flow.FlowProblem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Walks a document's graph once from its start, carrying the stack of open splits, and notes
 * everything that does not fit.
 */
final class GraphCheck {
  private static final int MOST_NAMES = 20;

  private final FlowDocument document;
  private final Map<StepName, Step> steps = new LinkedHashMap<>();
  private final Map<StepName, Integer> places = new HashMap<>();
  private final Map<StepName, List<Frame>> scopes = new HashMap<>();
  private final Map<StepName, Frame> closes = new HashMap<>();
  private final Map<StepName, StepName> joins = new HashMap<>();
  private final Map<StepName, StepName> usualParents = new HashMap<>();
  private final Set<StepName> inGang = new LinkedHashSet<>();
  private final List<FlowProblem> problems = new ArrayList<>();

  GraphCheck(FlowDocument document) {
    this.document = document;
    for (int i = 0; i < document.steps().size(); i++) {
      steps.put(document.steps().get(i).name(), document.steps().get(i));
      places.put(document.steps().get(i).name(), i);
    }
  }

  FlowGraph run(List<FlowProblem> found) {
    if (!steps.containsKey(document.start())) {
      add(
          new FlowProblem(
              "start", "no step is called '%s'; %s".formatted(document.start(), known())));
    }
    steps.values().forEach(this::checkTransition);
    checkCycles();
    if (steps.containsKey(document.start())) {
      walk();
      checkReached();
    }
    found.addAll(problems);
    return problems.isEmpty()
        ? new FlowGraph(document, steps, scopes, closes, joins, usualParents)
        : null;
  }

  private void wrong(Step step, String field, String message) {
    String dot = field.isEmpty() ? "" : "." + field;
    add(
        new FlowProblem(
            "steps[%d] (%s)%s".formatted(places.get(step.name()), step.name(), dot), message));
  }

  private void add(FlowProblem problem) {
    if (problems.size() < FlowProblem.MOST && !problems.contains(problem)) {
      problems.add(problem);
    }
  }

  private String known() {
    return "the flow's steps are " + listed(steps.keySet());
  }

  private static String listed(Collection<StepName> names) {
    String some =
        names.stream().limit(MOST_NAMES).map(StepName::value).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? some + " and %d more".formatted(more) : some;
  }

  private void checkTransition(Step step) {
    Next next = step.next();
    for (StepName target : next.targets()) {
      if (!steps.containsKey(target)) {
        wrong(step, "next", "no step is called '%s'; %s".formatted(target, known()));
      }
    }
    if (Set.copyOf(next.targets()).size() < next.targets().size()) {
      wrong(step, "next", "names a step twice; each branch needs a step of its own");
    }
    if (next.targets().contains(document.start()) && !step.name().equals(document.start())) {
      wrong(
          step,
          "next",
          "leads back to the first step '%s'; a run starts once".formatted(document.start()));
    }
    boolean recursion = next.targets().contains(step.name());
    switch (next) {
      case Switch choice -> checkSwitch(step, choice, recursion);
      case Foreach foreach -> checkForeach(step, foreach);
      case Gang gang -> checkGang(step, gang);
      case Split split -> {
        for (StepName target : split.targets()) {
          if (isJoin(target)) {
            wrong(
                step,
                "next",
                "the branch to join '%s' has no step; put one between".formatted(target));
          }
        }
      }
      case FlowDocument.Linear linear -> {}
      case FlowDocument.End end -> {}
    }
    if (recursion && !(next instanceof Switch)) {
      wrong(
          step, "next", "leads to itself; only a switch may, since only a switch can leave again");
    }
    if (step.join() && step.name().equals(document.start())) {
      wrong(step, "join", "the first step has nothing to join");
    }
  }

  private boolean isJoin(StepName name) {
    return steps.containsKey(name) && steps.get(name).join();
  }

  private void checkSwitch(Step step, Switch choice, boolean recursion) {
    if (choice.targets().size() < 2) {
      wrong(step, "next.switch", "expected at least two steps to choose from");
    }
    if (step.fallback() != null) {
      wrong(step, "fallback", "a switch needs its outcome; a fallback cannot say where to go on");
    }
    if (recursion && step.join()) {
      wrong(step, "next.switch", "a join cannot repeat itself; let it lead to a step that does");
    }
  }

  private void checkForeach(Step step, Foreach foreach) {
    if (isJoin(foreach.body())) {
      wrong(
          step,
          "next.foreach",
          "leads straight to join '%s'; put a step between".formatted(foreach.body()));
    }
    if (foreach.over() instanceof FlowDocument.OverOutcome && step.fallback() != null) {
      wrong(step, "fallback", "the foreach needs its size from the outcome; a fallback has none");
    }
    if (foreach.over() instanceof OverParameter over) {
      Parameter parameter = document.parameters().get(over.parameter());
      if (parameter == null) {
        wrong(step, "next.parameter", "the flow has no parameter '%s'".formatted(over.parameter()));
      } else if (parameter.type() != Type.INTEGER && parameter.type() != Type.JSON) {
        wrong(
            step,
            "next.parameter",
            "expected a parameter of type integer (the size) or json (a list of items), '%s' is of type %s"
                .formatted(over.parameter(), parameter.type().text()));
      }
    }
  }

  private void checkGang(Step step, Gang gang) {
    if (step.fallback() != null && gang.size() == 0) {
      wrong(step, "fallback", "the gang needs its size from the outcome; a fallback has none");
    }
    Step member = steps.get(gang.to());
    if (member == null) {
      return;
    }
    if (member.join()) {
      wrong(
          step,
          "next.gang",
          "leads straight to join '%s'; put a step between".formatted(gang.to()));
    }
    if (member.fallback() != null) {
      wrong(member, "fallback", "a gang cannot have one: its members end together");
    }
    if (!(member.next() instanceof FlowDocument.Linear linear) || !isJoin(linear.to())) {
      wrong(
          member, "next", "a gang's step leads to one join, which gets all members as its inputs");
    }
    inGang.add(gang.to());
  }

  /**
   * Takes away steps that nothing leads to, then steps that lead nowhere, until none is left: what
   * stays forms cycles, self-loops apart.
   */
  private void checkCycles() {
    Map<StepName, Set<StepName>> after = new HashMap<>();
    Map<StepName, Set<StepName>> before = new HashMap<>();
    steps.keySet().forEach(name -> after.put(name, new HashSet<>()));
    steps.keySet().forEach(name -> before.put(name, new HashSet<>()));
    for (Step step : steps.values()) {
      for (StepName target : step.next().targets()) {
        if (steps.containsKey(target) && !target.equals(step.name())) {
          after.get(step.name()).add(target);
          before.get(target).add(step.name());
        }
      }
    }
    var left = new LinkedHashSet<>(steps.keySet());
    var queue = new ArrayDeque<>(steps.keySet());
    while (!queue.isEmpty()) {
      StepName name = queue.remove();
      if (left.contains(name) && (after.get(name).isEmpty() || before.get(name).isEmpty())) {
        left.remove(name);
        after.get(name).forEach(target -> before.get(target).remove(name));
        before.get(name).forEach(source -> after.get(source).remove(name));
        queue.addAll(after.get(name));
        queue.addAll(before.get(name));
      }
    }
    if (!left.isEmpty()) {
      wrong(
          steps.get(left.getFirst()),
          "next",
          "the steps %s form a cycle; only a switch that leads to its own step may repeat"
              .formatted(listed(left)));
    }
  }

  private void walk() {
    var queue = new ArrayDeque<StepName>();
    scopes.put(document.start(), List.of());
    queue.add(document.start());
    while (!queue.isEmpty()) {
      Step step = steps.get(queue.remove());
      List<Frame> scope = scopes.get(step.name());
      if (step.next() instanceof FlowDocument.End && !scope.isEmpty()) {
        wrong(
            step,
            "next",
            "ends inside what step '%s' opened; lead it to a join"
                .formatted(scope.getLast().opener()));
      }
      List<StepName> targets = step.next().targets();
      for (int branch = 0; branch < targets.size(); branch++) {
        StepName target = targets.get(branch);
        boolean other = steps.containsKey(target) && !target.equals(step.name());
        if (other && enter(step, target, inside(step, scope, branch))) {
          queue.add(target);
        }
      }
    }
  }

  private static List<Frame> inside(Step step, List<Frame> scope, int branch) {
    Frame.Kind kind =
        switch (step.next()) {
          case Split split -> Frame.Kind.SPLIT;
          case Foreach foreach -> Frame.Kind.FOREACH;
          case Gang gang -> Frame.Kind.GANG;
          case Switch choice -> null;
          case FlowDocument.Linear linear -> null;
          case FlowDocument.End end -> null;
        };
    if (kind == null) {
      return scope;
    }
    var result = new ArrayList<>(scope);
    result.add(new Frame(step.name(), kind, kind == Frame.Kind.SPLIT ? branch : 0));
    return List.copyOf(result);
  }

  /** Whether the step was entered for the first time. */
  private boolean enter(Step from, StepName target, List<Frame> scope) {
    List<Frame> entered = scope;
    if (isJoin(target)) {
      if (scope.isEmpty()) {
        wrong(
            steps.get(target),
            "join",
            "matches no split, foreach or gang: '%s' leads to it outside any"
                .formatted(from.name()));
        return false;
      }
      Frame closed = scope.getLast();
      Frame before = closes.putIfAbsent(target, closed);
      StepName other = joins.putIfAbsent(closed.opener(), target);
      if (before != null && !before.sameOpener(closed)) {
        wrong(
            steps.get(target),
            "join",
            "would close both what '%s' and what '%s' opened; each needs a join of its own"
                .formatted(before.opener(), closed.opener()));
        return false;
      }
      if (other != null && !other.equals(target)) {
        wrong(
            from,
            "next",
            "what '%s' opened is joined by '%s' already; its branches must meet in one join"
                .formatted(closed.opener(), other));
        return false;
      }
      usualParents.putIfAbsent(target, from.name());
      entered = scope.subList(0, scope.size() - 1);
    }
    List<Frame> seen = scopes.putIfAbsent(target, List.copyOf(entered));
    if (seen != null && !seen.equals(entered)) {
      wrong(
          steps.get(target),
          "",
          "is reached from %s and from %s (by '%s'); only a join may close a branch, so mark it join: true or use separate steps"
              .formatted(text(seen), text(entered), from.name()));
    }
    if (seen == null && inGang.contains(target) && !(from.next() instanceof Gang)) {
      wrong(from, "next", "leads to '%s', which another step starts as a gang".formatted(target));
    }
    return seen == null;
  }

  private static String text(List<Frame> scope) {
    if (scope.isEmpty()) {
      return "outside any split";
    }
    Frame last = scope.getLast();
    return switch (last.kind()) {
      case SPLIT -> "branch %d of '%s'".formatted(last.branch() + 1, last.opener());
      case FOREACH -> "the foreach of '%s'".formatted(last.opener());
      case GANG -> "the gang of '%s'".formatted(last.opener());
    };
  }

  private void checkReached() {
    Set<StepName> ledTo =
        steps.values().stream()
            .flatMap(step -> step.next().targets().stream())
            .collect(Collectors.toSet());
    for (Step step : steps.values()) {
      if (!scopes.containsKey(step.name()) && problems.isEmpty()) {
        wrong(step, "", "cannot be reached from the first step '%s'".formatted(document.start()));
      } else if (!scopes.containsKey(step.name()) && !ledTo.contains(step.name())) {
        wrong(step, "", "cannot be reached: no step leads to it");
      }
    }
    for (Step step : steps.values()) {
      boolean opens =
          step.next() instanceof Split
              || step.next() instanceof Foreach
              || step.next() instanceof Gang;
      if (opens
          && scopes.containsKey(step.name())
          && !joins.containsKey(step.name())
          && problems.isEmpty()) {
        wrong(step, "next", "what it opens is never joined");
      }
    }
  }
}
