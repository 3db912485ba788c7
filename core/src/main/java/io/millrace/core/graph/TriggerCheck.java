package io.millrace.core.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.schedule.Clockwork;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Parameter;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.Triggers;
import io.millrace.events.flow.Triggers.On;
import io.millrace.events.flow.Triggers.Times;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether what starts a flow's runs by itself can be read, and gives them what they need. */
final class TriggerCheck {
  private final FlowDocument document;
  private final List<FlowProblem> problems;

  TriggerCheck(FlowDocument document, List<FlowProblem> problems) {
    this.document = document;
    this.problems = problems;
  }

  void run() {
    Triggers triggers = document.triggers();
    if (triggers.schedule() != null) {
      times("triggers.schedule", triggers.schedule().times());
      given("triggers.schedule", triggers.schedule().parameters());
      required("triggers.schedule", triggers.schedule().parameters().keySet());
    }
    if (triggers.reset() != null) {
      times("triggers.reset", triggers.reset());
    }
    for (int i = 0; i < triggers.events().size(); i++) {
      mapped("triggers.events[" + i + "]", triggers.events().get(i));
    }
    if (!triggers.events().isEmpty() && triggers.match() == Triggers.Match.ALL) {
      required(
          "triggers.events",
          triggers.events().stream()
              .flatMap(on -> on.parameters().keySet().stream())
              .collect(Collectors.toSet()));
    } else {
      for (int i = 0; i < triggers.events().size(); i++) {
        required("triggers.events[" + i + "]", triggers.events().get(i).parameters().keySet());
      }
    }
  }

  private void times(String where, Times times) {
    try {
      if (Clockwork.of(times).next(Instant.EPOCH).isEmpty()) {
        wrong(where + ".cron", "names no time at all");
      }
    } catch (IllegalArgumentException unreadable) {
      wrong(where, unreadable.getMessage());
    }
  }

  private void given(String where, Map<String, JsonNode> parameters) {
    parameters.forEach(
        (name, value) -> {
          Parameter parameter = document.parameters().get(name);
          if (parameter == null) {
            unknown(where, name);
          } else if (!parameter.type().accepts(value)) {
            wrong(
                where + ".parameters." + name,
                "the parameter is of type %s, found %s".formatted(parameter.type().text(), value));
          }
        });
  }

  private void mapped(String where, On on) {
    on.parameters().keySet().stream()
        .filter(name -> !document.parameters().containsKey(name))
        .forEach(name -> unknown(where, name));
  }

  private void unknown(String where, String name) {
    wrong(
        where + ".parameters." + name,
        "the flow has no such parameter (it has %s)"
            .formatted(new TreeSet<>(document.parameters().keySet())));
  }

  /** A run that would be refused each time for want of a value is refused once, here. */
  private void required(String where, Set<String> supplied) {
    document
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (parameter.required() && !supplied.contains(name)) {
                wrong(
                    where,
                    "parameter '%s' is required, and nothing here gives it a value; name it in 'parameters', or give it a default"
                        .formatted(name));
              }
            });
  }

  private void wrong(String where, String message) {
    if (problems.size() < FlowProblem.MOST) {
      problems.add(new FlowProblem(where, message));
    }
  }
}
