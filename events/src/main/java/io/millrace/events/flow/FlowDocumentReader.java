package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.events.FlowRef;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument.Container;
import io.millrace.events.flow.FlowDocument.End;
import io.millrace.events.flow.FlowDocument.Fallback;
import io.millrace.events.flow.FlowDocument.Foreach;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Limits;
import io.millrace.events.flow.FlowDocument.Linear;
import io.millrace.events.flow.FlowDocument.Next;
import io.millrace.events.flow.FlowDocument.Over;
import io.millrace.events.flow.FlowDocument.OverItems;
import io.millrace.events.flow.FlowDocument.OverOutcome;
import io.millrace.events.flow.FlowDocument.OverParameter;
import io.millrace.events.flow.FlowDocument.Parameter;
import io.millrace.events.flow.FlowDocument.Resources;
import io.millrace.events.flow.FlowDocument.Retry;
import io.millrace.events.flow.FlowDocument.Split;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowDocument.Switch;
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
    StepName start = null;
    if (fields.has("start")) {
      start = fields.step("start", fields.at("start")).orElse(null);
    } else if (!steps.isEmpty()) {
      start = steps.getFirst().name();
    }
    fields.nothingElse();
    return steps.isEmpty() || start == null
        ? null
        : new FlowDocument(name, description, parameters, start, steps, limits, priority);
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
      Step step = step(stepFields);
      if (step != null && steps.putIfAbsent(step.name(), step) != null) {
        stepFields.wrong("name", "another step is called '%s'; names are unique".formatted(called));
      }
    }
    return List.copyOf(steps.values());
  }

  private Step step(Fields fields) {
    StepName name = fields.step("name", fields.at("name")).orElse(null);
    boolean join = fields.bool("join");
    Container container = container(fields.object("container"), fields.has("container"));
    Resources resources = resources(fields.object("resources"));
    Kubernetes kubernetes =
        fields.has("kubernetes") ? KubernetesReader.read(fields.object("kubernetes")) : null;
    Retry retry = retry(fields.object("retry"));
    var timeout = fields.duration("timeout", null);
    Fallback fallback = fields.has("fallback") ? fallback(fields.object("fallback")) : null;
    Next next = next(fields);
    fields.nothingElse();
    return name == null
        ? null
        : new Step(name, join, container, resources, kubernetes, retry, timeout, fallback, next);
  }

  private Container container(Fields fields, boolean given) {
    String image = fields.text("image", null);
    List<String> command = fields.texts("command");
    List<String> args = fields.texts("args");
    var env = new LinkedHashMap<String, String>();
    for (Map.Entry<String, JsonNode> entry : fields.at("env").properties()) {
      if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
        fields.wrong(
            "env." + entry.getKey(), "expected a text, found " + Fields.kind(entry.getValue()));
      } else if (entry.getKey().startsWith("MILLRACE_")) {
        fields.wrong("env." + entry.getKey(), "names that start with MILLRACE_ are Millrace's own");
      } else {
        env.put(entry.getKey(), entry.getValue().asText());
      }
    }
    if (fields.has("env") && !fields.at("env").isObject()) {
      fields.wrong(
          "env", "expected an object of names and texts, found " + Fields.kind(fields.at("env")));
    }
    String workingDir = fields.text("workingDir", null);
    if (image == null && command.isEmpty()) {
      fields.wrong(
          given
              ? "expected an image, a command or both"
              : "missing; a step needs a container with an image, a command or both");
    }
    fields.nothingElse();
    return new Container(image, command, args, env, workingDir);
  }

  private Resources resources(Fields fields) {
    var result =
        new Resources(
            fields.text("cpu", null),
            fields.text("memory", null),
            fields.text("disk", null),
            fields.text("gpu", null));
    Quantities.check(fields, "cpu", result.cpu());
    Quantities.check(fields, "memory", result.memory());
    Quantities.check(fields, "disk", result.disk());
    Quantities.check(fields, "gpu", result.gpu());
    fields.nothingElse();
    return result;
  }

  private Retry retry(Fields fields) {
    Retry otherwise = Retry.DEFAULT;
    int user = fields.integer("user", otherwise.user(), 0, 1000);
    int infrastructure = fields.integer("infrastructure", otherwise.infrastructure(), 0, 1000);
    var delay = fields.duration("delay", otherwise.delay());
    var maxDelay = fields.duration("maxDelay", otherwise.maxDelay());
    var never = new ArrayList<Integer>();
    JsonNode codes = fields.at("neverOnExitCodes");
    if (!codes.isArray() && !codes.isMissingNode()) {
      fields.wrong("neverOnExitCodes", "expected a list of numbers, found " + Fields.kind(codes));
    }
    for (JsonNode code : codes.isArray() ? codes : MissingNode.getInstance()) {
      if (code.isInt() && code.intValue() > 0 && code.intValue() < 256) {
        never.add(code.intValue());
      } else {
        fields.wrong("neverOnExitCodes", "expected numbers from 1 to 255, found " + code);
      }
    }
    int maxAttempts = fields.integer("maxAttempts", otherwise.maxAttempts(), 1, 1000);
    fields.nothingElse();
    return new Retry(user, infrastructure, delay, maxDelay, never, maxAttempts);
  }

  private Fallback fallback(Fields fields) {
    var result =
        new Fallback(
            fields.texts("command"), fields.texts("args"), fields.integer("attempts", 1, 1, 100));
    fields.nothingElse();
    return result;
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

  private Next next(Fields step) {
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

  private Next nextObject(Fields fields) {
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

  private Over over(Fields fields) {
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
