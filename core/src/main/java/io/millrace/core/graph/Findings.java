package io.millrace.core.graph;

import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowProblem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is wrong with a document, each by its place, once, and no more than a person reads. */
final class Findings {
  private static final int MOST_NAMES = 20;

  private final Map<StepName, Integer> places = new HashMap<>();
  private final List<FlowProblem> problems = new ArrayList<>();
  private final String known;

  Findings(FlowDocument document) {
    List<StepName> names = document.steps().stream().map(Step::name).toList();
    for (int i = 0; i < names.size(); i++) {
      places.put(names.get(i), i);
    }
    known = "the flow's steps are " + listed(names);
  }

  void wrong(Step step, String field, String message) {
    String dot = field.isEmpty() ? "" : "." + field;
    wrong("steps[%d] (%s)%s".formatted(places.get(step.name()), step.name(), dot), message);
  }

  void wrong(String where, String message) {
    var problem = new FlowProblem(where, message);
    if (problems.size() < FlowProblem.MOST && !problems.contains(problem)) {
      problems.add(problem);
    }
  }

  String noStep(StepName name) {
    return "no step is called '%s'; %s".formatted(name, known);
  }

  static String listed(Collection<StepName> names) {
    String some =
        names.stream().limit(MOST_NAMES).map(StepName::value).collect(Collectors.joining(", "));
    int more = names.size() - MOST_NAMES;
    return more > 0 ? some + " and %d more".formatted(more) : some;
  }

  boolean none() {
    return problems.isEmpty();
  }

  List<FlowProblem> all() {
    return List.copyOf(problems);
  }
}
