package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.FlowRef;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument.Limits;
import io.millrace.events.flow.FlowDocument.Parameter;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowDocument.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Reads a flow document field by field. What concerns single fields is checked here; what concerns
 * the graph (unknown targets, unbalanced joins, cycles) is checked by the engine's graph, which
 * every definition passes before it is accepted.
 */
public final class FlowDocumentReader {
  private static final int MANY = 1_000_000;

  /** One command may have all of them ordered at once. */
  private static final int MOST_PARALLEL = 100_000;

  /** A flow with more steps is taken for a mistake: a foreach repeats one, it needs no copies. */
  static final int MOST_STEPS = 2000;

  private final List<FlowProblem> problems = new ArrayList<>();

  private FlowDocumentReader() {}

  /**
   * Reads a document.
   *
   * @throws InvalidFlowException with everything that is wrong with its fields
   */
  public static FlowDocument read(JsonNode document) {
    var problems = new ArrayList<FlowProblem>();
    FlowDocument flow = read(document, problems);
    if (!problems.isEmpty()) {
      throw new InvalidFlowException(problems);
    }
    return flow;
  }

  /**
   * Reads what can be read of a document.
   *
   * @param problems gets everything that is wrong with its fields
   * @return null when not even its steps could be found
   */
  public static FlowDocument read(JsonNode document, List<FlowProblem> problems) {
    var reader = new FlowDocumentReader();
    FlowDocument flow = reader.flow(document);
    problems.addAll(reader.problems);
    return flow;
  }

  private FlowDocument flow(JsonNode document) {
    if (!document.isObject()) {
      problems.add(
          new FlowProblem(
              "document",
              "expected an object with name and steps, found " + Fields.kind(document)));
      return null;
    }
    var fields = new Fields("", document, problems);
    JsonNode named = fields.at("name");
    String name = named.isTextual() ? named.textValue() : null;
    if (!named.isTextual() && !named.isMissingNode()) {
      fields.wrong("name", "expected a text, found " + Fields.kind(named));
    } else if (!FlowRef.isValidName(name)) {
      fields.wrong(
          "name",
          name == null
              ? "missing; every flow has a name"
              : "'"
                  + name
                  + "' must start with a letter and hold letters, digits, '_', '-' and '.' only");
    }
    String description = fields.text("description", "");
    Map<String, Parameter> parameters = fields.entries("parameters", this::parameter);
    List<Step> steps = steps(fields);
    Limits limits = limits(fields.object("limits"));
    int priority = fields.integer("priority", 0, -MANY, MANY);
    Triggers triggers =
        fields.has("triggers")
            ? TriggersReader.triggers(fields.object("triggers"), problems, "triggers")
            : Triggers.NONE;
    Announce announce =
        fields.has("announce") ? TriggersReader.announce(fields.object("announce")) : null;
    StepName start = null;
    if (fields.has("start")) {
      start = fields.step("start", fields.at("start")).orElse(null);
    } else if (!steps.isEmpty()) {
      start = steps.getFirst().name();
    }
    fields.nothingElse();
    return steps.isEmpty() || start == null
        ? null
        : new FlowDocument(
            name, description, parameters, start, steps, limits, priority, triggers, announce);
  }

  private Parameter parameter(String name, Fields fields) {
    if (!StepName.isValid(name)) {
      fields.wrong(
          "a parameter's name holds letters, digits and '_' and does not start with a digit");
    }
    String typeText = fields.text("type", "string");
    Type type =
        Stream.of(Type.values()).filter(t -> t.text().equals(typeText)).findFirst().orElse(null);
    if (type == null) {
      fields.wrong(
          "type", "expected string, integer, number, boolean or json, found '" + typeText + "'");
      type = Type.JSON;
    }
    JsonNode value = fields.at("default");
    boolean required = fields.bool("required");
    if (!value.isMissingNode() && !type.accepts(value)) {
      fields.wrong(
          "default",
          "expected a value of type %s, found %s".formatted(type.text(), Fields.kind(value)));
    }
    if (!value.isMissingNode() && required) {
      fields.wrong("required", "a parameter with a default is never required; drop one of the two");
    }
    String description = fields.text("description", "");
    fields.nothingElse();
    return new Parameter(type, value.isMissingNode() ? null : value, required, description);
  }

  private List<Step> steps(Fields fields) {
    JsonNode list = fields.at("steps");
    var steps = new LinkedHashMap<StepName, Step>();
    if (!list.isArray() || list.isEmpty()) {
      fields.wrong("steps", "expected a list with at least one step, found " + Fields.kind(list));
      return List.of();
    }
    if (list.size() > MOST_STEPS) {
      fields.wrong(
          "steps", "expected at most %d steps, found %d".formatted(MOST_STEPS, list.size()));
      return List.of();
    }
    for (int i = 0; i < list.size(); i++) {
      String called = list.get(i).path("name").asText("");
      String where = "steps[" + i + "]" + (called.isEmpty() ? "" : " (" + called + ")");
      var stepFields = new Fields(where, list.get(i), problems);
      Step step = StepReader.read(stepFields);
      if (step != null && steps.putIfAbsent(step.name(), step) != null) {
        stepFields.wrong("name", "another step is called '%s'; names are unique".formatted(called));
      }
    }
    return List.copyOf(steps.values());
  }

  private Limits limits(Fields fields) {
    Limits otherwise = Limits.DEFAULT;
    var result =
        new Limits(
            fields.integer("maxParallelTasks", otherwise.maxParallelTasks(), 1, MOST_PARALLEL),
            fields.integer("maxParallelTasksOfFlow", otherwise.maxParallelTasksOfFlow(), 0, MANY),
            fields.duration("runTimeout", null));
    fields.nothingElse();
    return result;
  }
}
