package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument.End;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Linear;
import io.millrace.events.flow.FlowDocument.Next;
import io.millrace.events.flow.FlowDocument.Over;
import io.millrace.events.flow.FlowDocument.OverItems;
import io.millrace.events.flow.FlowDocument.OverOutcome;
import io.millrace.events.flow.FlowDocument.OverParameter;
import io.millrace.events.flow.FlowDocument.Split;
import io.millrace.events.flow.FlowDocument.Switch;
import java.util.ArrayList;
import java.util.List;

/** Reads where a step leads. */
final class NextReader {
  private NextReader() {}

  static Next read(Fields step) {
    JsonNode next = step.at("next");
    if (next.isMissingNode()) {
      return new End();
    }
    if (next.isTextual()) {
      return step.step("next", next).<Next>map(Linear::new).orElseGet(End::new);
    }
    if (next.isArray()) {
      List<StepName> targets = step.steps("next");
      return targets.size() == 1 ? new Linear(targets.getFirst()) : new Split(targets);
    }
    if (!next.isObject()) {
      step.wrong(
          "next", "expected a step, a list of steps, or an object; found " + Fields.kind(next));
      return new End();
    }
    return nextObject(step.object("next"));
  }

  private static Next nextObject(Fields fields) {
    Next result = new End();
    if (fields.has("foreach")) {
      Over over = over(fields);
      result =
          fields
              .step("foreach", fields.at("foreach"))
              .<Next>map(body -> new Foreach(body, over))
              .orElse(result);
    } else if (fields.has("switch")) {
      result = new Switch(fields.steps("switch"));
    } else if (fields.has("gang")) {
      int size = fields.integer("size", 0, 2, 100_000);
      result =
          fields.step("gang", fields.at("gang")).<Next>map(to -> new Gang(to, size)).orElse(result);
    } else {
      fields.wrong("expected one of foreach, switch or gang");
    }
    fields.nothingElse();
    return result;
  }

  private static Over over(Fields fields) {
    JsonNode items = fields.at("items");
    String parameter = fields.text("parameter", null);
    if (!items.isMissingNode() && parameter != null) {
      fields.wrong("a foreach takes items or parameter, not both");
    }
    if (!items.isMissingNode()) {
      if (!items.isArray() || items.isEmpty()) {
        fields.wrong(
            "items", "expected a list with at least one item, found " + Fields.kind(items));
        return new OverOutcome();
      }
      var list = new ArrayList<JsonNode>();
      items.forEach(list::add);
      return new OverItems(List.copyOf(list));
    }
    return parameter == null ? new OverOutcome() : new OverParameter(parameter);
  }
}
