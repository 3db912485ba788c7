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
import java.util.Map;
import java.util.Set;

/** What concerns one step's transition and the steps that it names. */
final class TransitionCheck {
  private final FlowDocument document;
  private final Map<StepName, Step> steps;
  private final Findings findings;

  TransitionCheck(FlowDocument document, Map<StepName, Step> steps, Findings findings) {
    this.document = document;
    this.steps = steps;
    this.findings = findings;
  }

  void check(Step step) {
    Next next = step.next();
    for (StepName target : next.targets()) {
      if (!steps.containsKey(target)) {
        findings.wrong(step, "next", findings.noStep(target));
      }
    }
    if (Set.copyOf(next.targets()).size() < next.targets().size()) {
      findings.wrong(step, "next", "names a step twice; each branch needs a step of its own");
    }
    if (next.targets().contains(document.start()) && !step.name().equals(document.start())) {
      findings.wrong(
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
            findings.wrong(
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
      findings.wrong(
          step, "next", "leads to itself; only a switch may, since only a switch can leave again");
    }
    if (step.join() && step.name().equals(document.start())) {
      findings.wrong(step, "join", "the first step has nothing to join");
    }
  }

  private boolean isJoin(StepName name) {
    return steps.containsKey(name) && steps.get(name).join();
  }

  private void checkSwitch(Step step, Switch choice, boolean recursion) {
    if (choice.targets().size() < 2) {
      findings.wrong(step, "next.switch", "expected at least two steps to choose from");
    }
    if (step.fallback() != null) {
      findings.wrong(
          step, "fallback", "a switch needs its outcome; a fallback cannot say where to go on");
    }
    if (recursion && step.join()) {
      findings.wrong(
          step, "next.switch", "a join cannot repeat itself; let it lead to a step that does");
    }
  }

  private void checkForeach(Step step, Foreach foreach) {
    if (isJoin(foreach.body())) {
      findings.wrong(
          step,
          "next.foreach",
          "leads straight to join '%s'; put a step between".formatted(foreach.body()));
    }
    if (foreach.over() instanceof FlowDocument.OverOutcome && step.fallback() != null) {
      findings.wrong(
          step, "fallback", "the foreach needs its size from the outcome; a fallback has none");
    }
    if (foreach.over() instanceof OverParameter over) {
      Parameter parameter = document.parameters().get(over.parameter());
      if (parameter == null) {
        findings.wrong(
            step, "next.parameter", "the flow has no parameter '%s'".formatted(over.parameter()));
      } else if (parameter.type() != Type.INTEGER && parameter.type() != Type.JSON) {
        findings.wrong(
            step,
            "next.parameter",
            "expected a parameter of type integer (the size) or json (a list of items), '%s' is of type %s"
                .formatted(over.parameter(), parameter.type().text()));
      }
    }
  }

  private void checkGang(Step step, Gang gang) {
    if (step.fallback() != null && gang.size() == 0) {
      findings.wrong(
          step, "fallback", "the gang needs its size from the outcome; a fallback has none");
    }
    Step member = steps.get(gang.to());
    if (member == null) {
      return;
    }
    if (member.join()) {
      findings.wrong(
          step,
          "next.gang",
          "leads straight to join '%s'; put a step between".formatted(gang.to()));
    }
    if (member.fallback() != null) {
      findings.wrong(member, "fallback", "a gang cannot have one: its members end together");
    }
    if (!(member.next() instanceof FlowDocument.Linear linear) || !isJoin(linear.to())) {
      findings.wrong(
          member, "next", "a gang's step leads to one join, which gets all members as its inputs");
    }
  }
}
