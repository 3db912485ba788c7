package io.millrace.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Order;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument.Container;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.OverItems;
import io.millrace.events.flow.FlowDocument.OverOutcome;
import io.millrace.events.flow.FlowDocument.OverParameter;
import io.millrace.events.flow.FlowDocument.Step;
import java.time.Instant;
import java.util.List;

/** Writes launch orders: everything that the launcher needs, from what the state holds. */
final class Launches {
  private Launches() {}

  static Order.Launch of(FlowGraph graph, Entity.Run run, Entity.Task task, Instant notAfter) {
    Step step = graph.step(task.id().step());
    boolean fallback = task.fallbacks() > 0;
    return new Order.Launch(
        AttemptRules.attempt(task),
        run.flow(),
        fallback ? fallback(step) : step.container(),
        step.resources(),
        step.kubernetes(),
        step.timeout(),
        task.inputs(),
        item(graph, run, task),
        run.parameters(),
        task.gang(),
        task.userFailures(),
        fallback,
        run.origins(),
        notAfter,
        run.triggeredBy());
  }

  private static Container fallback(Step step) {
    Container own = step.container();
    return step.fallback().command().isEmpty()
        ? own
        : new Container(
            own.image(),
            step.fallback().command(),
            step.fallback().args(),
            own.env(),
            own.workingDir());
  }

  /** The item of a branch's first task, where the foreach goes over items. */
  private static JsonNode item(FlowGraph graph, Entity.Run run, Entity.Task task) {
    StepName opener = graph.foreachOf(task.id().step());
    if (opener == null || task.id().iteration() > 0) {
      return null;
    }
    var foreach = (Foreach) graph.step(opener).next();
    int index = task.id().splitIndex();
    return switch (foreach.over()) {
      case OverOutcome over -> null;
      case OverItems over -> at(over.items(), index);
      case OverParameter over -> {
        JsonNode value = run.parameters().get(over.parameter());
        yield value != null && value.isArray() ? value.get(index) : null;
      }
    };
  }

  private static JsonNode at(List<JsonNode> items, int index) {
    return index < items.size() ? items.get(index) : null;
  }
}
