package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.events.StepName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * One JSON object while it is read: typed access to its fields that notes what is wrong and goes
 * on, so that a document's author sees every mistake at once.
 */
final class Fields {
  private final String where;
  private final JsonNode node;
  private final List<FlowProblem> problems;
  private final Set<String> known = new TreeSet<>();

  Fields(String where, JsonNode node, List<FlowProblem> problems) {
    this.where = where;
    this.problems = problems;
    this.node = node.isObject() ? node : MissingNode.getInstance();
    if (!node.isObject() && !node.isMissingNode() && !node.isNull()) {
      wrong("expected an object, found " + kind(node));
    }
  }

  void wrong(String message) {
    add(where, message);
  }

  void wrong(String field, String message) {
    add(place(field), message);
  }

  private void add(String place, String message) {
    if (problems.size() < FlowProblem.MOST) {
      problems.add(new FlowProblem(place, message));
    }
  }

  private String place(String field) {
    return where.isEmpty() ? field : where + "." + field;
  }

  boolean has(String field) {
    return !at(field).isMissingNode();
  }

  JsonNode at(String field) {
    known.add(field);
    JsonNode value = node.path(field);
    return value.isNull() ? MissingNode.getInstance() : value;
  }

  Fields object(String field) {
    return new Fields(place(field), at(field), problems);
  }

  /** The fields of an object whose names are the author's own, each read by {@code read}. */
  <T> Map<String, T> entries(String field, BiFunction<String, Fields, T> read) {
    var result = new LinkedHashMap<String, T>();
    JsonNode value = at(field);
    if (value.isMissingNode()) {
      return result;
    }
    if (!value.isObject()) {
      wrong(field, "expected an object with a name for each entry, found " + kind(value));
      return result;
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      String place = place(field) + "." + entry.getKey();
      result.put(
          entry.getKey(),
          read.apply(entry.getKey(), new Fields(place, entry.getValue(), problems)));
    }
    return result;
  }

  /** A text; numbers and booleans are taken as written, since YAML makes them of bare words. */
  String text(String field, String otherwise) {
    JsonNode value = at(field);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isValueNode()) {
      wrong(field, "expected a text, found " + kind(value));
      return otherwise;
    }
    return value.asText();
  }

  boolean bool(String field) {
    JsonNode value = at(field);
    if (!value.isMissingNode() && !value.isBoolean()) {
      wrong(field, "expected true or false, found " + kind(value));
    }
    return value.asBoolean(false);
  }

  int integer(String field, int otherwise, int least, int most) {
    JsonNode value = at(field);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      wrong(field, "expected a whole number, found " + kind(value) + " " + value);
      return otherwise;
    }
    if (value.intValue() < least || value.intValue() > most) {
      wrong(field, "expected a number from %d to %d, found %s".formatted(least, most, value));
      return otherwise;
    }
    return value.intValue();
  }

  Duration duration(String field, Duration otherwise) {
    JsonNode value = at(field);
    if (value.isMissingNode()) {
      return otherwise;
    }
    try {
      return Durations.parse(value.asText());
    } catch (IllegalArgumentException unreadable) {
      wrong(field, unreadable.getMessage());
      return otherwise;
    }
  }

  List<String> texts(String field) {
    JsonNode value = at(field);
    var result = new ArrayList<String>();
    if (value.isMissingNode()) {
      return result;
    }
    if (!value.isArray()) {
      wrong(field, "expected a list of texts, found " + kind(value));
      return result;
    }
    for (JsonNode item : value) {
      if (item.isValueNode() && !item.isNull()) {
        result.add(item.asText());
      } else {
        wrong(field, "expected a list of texts, found in it " + kind(item));
      }
    }
    return result;
  }

  List<StepName> steps(String field) {
    JsonNode value = at(field);
    var result = new ArrayList<StepName>();
    if (!value.isArray() || value.isEmpty()) {
      wrong(field, "expected a list of step names, found " + kind(value));
      return result;
    }
    for (JsonNode item : value) {
      step(field, item).ifPresent(result::add);
    }
    return result;
  }

  java.util.Optional<StepName> step(String field, JsonNode value) {
    if (value.isTextual() && StepName.isValid(value.textValue())) {
      return java.util.Optional.of(StepName.of(value.textValue()));
    }
    wrong(
        field,
        "expected a step's name (letters, digits and '_', not starting with a digit), found "
            + (value.isValueNode() ? "'" + value.asText() + "'" : kind(value)));
    return java.util.Optional.empty();
  }

  /** Notes every field that nothing asked for: most often a typing error. */
  void nothingElse() {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!known.contains(entry.getKey())) {
        wrong(entry.getKey(), "unknown field; expected one of " + String.join(", ", known));
      }
    }
  }

  static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> value.isEmpty() ? "an empty list" : "a list";
      case OBJECT, POJO -> "an object";
      case STRING, BINARY -> "a text";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case NULL, MISSING -> "nothing";
    };
  }
}
