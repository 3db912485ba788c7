package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument.Container;
import io.millrace.events.flow.FlowDocument.Fallback;
import io.millrace.events.flow.FlowDocument.Next;
import io.millrace.events.flow.FlowDocument.Resources;
import io.millrace.events.flow.FlowDocument.Retry;
import io.millrace.events.flow.FlowDocument.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one step of a flow document, field by field. */
final class StepReader {
  private StepReader() {}

  static Step read(Fields fields) {
    StepName name = fields.step("name", fields.at("name")).orElse(null);
    boolean join = fields.bool("join");
    Container container = container(fields.object("container"), fields.has("container"));
    Resources resources = resources(fields.object("resources"));
    Kubernetes kubernetes =
        fields.has("kubernetes") ? KubernetesReader.read(fields.object("kubernetes")) : null;
    Retry retry = retry(fields.object("retry"));
    var timeout = fields.duration("timeout", null);
    Fallback fallback = fields.has("fallback") ? fallback(fields.object("fallback")) : null;
    Next next = NextReader.read(fields);
    fields.nothingElse();
    return name == null
        ? null
        : new Step(name, join, container, resources, kubernetes, retry, timeout, fallback, next);
  }

  private static Container container(Fields fields, boolean given) {
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

  private static Resources resources(Fields fields) {
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

  private static Retry retry(Fields fields) {
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

  private static Fallback fallback(Fields fields) {
    var result =
        new Fallback(
            fields.texts("command"), fields.texts("args"), fields.integer("attempts", 1, 1, 100));
    fields.nothingElse();
    return result;
  }
}
