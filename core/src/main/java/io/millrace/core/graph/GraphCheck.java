package io.millrace.core.graph;

import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Split;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowProblem;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
  private final FlowDocument document;
  private final Map<StepName, Step> steps = new LinkedHashMap<>();
  private final Map<StepName, List<Frame>> scopes = new HashMap<>();
  private final Map<StepName, Frame> closes = new HashMap<>();
  private final Map<StepName, StepName> joins = new HashMap<>();
  private final Map<StepName, StepName> usualParents = new HashMap<>();
  private final Set<StepName> inGang = new LinkedHashSet<>();
  private final Findings findings;

  GraphCheck(FlowDocument document) {
    this.document = document;
    this.findings = new Findings(document);
    for (Step step : document.steps()) {
      steps.put(step.name(), step);
      if (step.next() instanceof Gang gang) {
        inGang.add(gang.to());
      }
    }
  }

  FlowGraph run(List<FlowProblem> found) {
    if (!steps.containsKey(document.start())) {
      findings.wrong("start", findings.noStep(document.start()));
    }
    steps.values().forEach(new TransitionCheck(document, steps, findings)::check);
    checkCycles();
    if (steps.containsKey(document.start())) {
      walk();
      checkReached();
    }
    found.addAll(findings.all());
    return findings.none()
        ? new FlowGraph(document, steps, scopes, closes, joins, usualParents)
        : null;
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
      findings.wrong(
          steps.get(left.getFirst()),
          "next",
          "the steps %s form a cycle; only a switch that leads to its own step may repeat"
              .formatted(Findings.listed(left)));
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
        findings.wrong(
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
          case FlowDocument.Switch choice -> null;
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
        findings.wrong(
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
        findings.wrong(
            steps.get(target),
            "join",
            "would close both what '%s' and what '%s' opened; each needs a join of its own"
                .formatted(before.opener(), closed.opener()));
        return false;
      }
      if (other != null && !other.equals(target)) {
        findings.wrong(
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
      findings.wrong(
          steps.get(target),
          "",
          "is reached from %s and from %s (by '%s'); only a join may close a branch, so mark it join: true or use separate steps"
              .formatted(text(seen), text(entered), from.name()));
    }
    if (seen == null && inGang.contains(target) && !(from.next() instanceof Gang)) {
      findings.wrong(
          from, "next", "leads to '%s', which another step starts as a gang".formatted(target));
    }
    return seen == null;
  }

  private boolean isJoin(StepName name) {
    return steps.containsKey(name) && steps.get(name).join();
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
      if (!scopes.containsKey(step.name()) && findings.none()) {
        findings.wrong(
            step, "", "cannot be reached from the first step '%s'".formatted(document.start()));
      } else if (!scopes.containsKey(step.name()) && !ledTo.contains(step.name())) {
        findings.wrong(step, "", "cannot be reached: no step leads to it");
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
          && findings.none()) {
        findings.wrong(step, "next", "what it opens is never joined");
      }
    }
  }
}
