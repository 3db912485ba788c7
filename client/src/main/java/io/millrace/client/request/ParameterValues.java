package io.millrace.client.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Parameter;
import io.millrace.events.flow.FlowDocument.Type;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code name=value} pairs. Where the flow is known, its declared types decide what a value
 * is; elsewhere a value is JSON if it can be read as such, and else a text. {@code @file} stands
 * for a file's content, and {@code @@} for a text that begins with {@code @}.
 */
public final class ParameterValues {
  private final Optional<FlowDocument> flow;
  private final List<String> problems = new ArrayList<>();

  private ParameterValues(Optional<FlowDocument> flow) {
    this.flow = flow;
  }

  /**
   * Reads the values.
   *
   * @param flow whose parameters they are; empty when it is not at hand
   * @throws UsageException with everything that is wrong
   */
  public static Map<String, JsonNode> read(Map<String, String> pairs, Optional<FlowDocument> flow) {
    var values = new ParameterValues(flow);
    var result = new LinkedHashMap<String, JsonNode>();
    pairs.forEach((name, text) -> values.read(name, text, result));
    flow.ifPresent(document -> values.checkRequired(document, pairs));
    if (!values.problems.isEmpty()) {
      throw new UsageException(String.join("\n", values.problems));
    }
    return result;
  }

  private void read(String name, String text, Map<String, JsonNode> result) {
    Optional<Type> type = Optional.empty();
    if (flow.isPresent()) {
      Parameter parameter = flow.get().parameters().get(name);
      if (parameter == null) {
        problems.add(unknown(name, flow.get()));
        return;
      }
      type = Optional.of(parameter.type());
    }
    String content = content(name, text);
    if (content != null) {
      JsonNode value = type.isPresent() ? typed(name, content, type.get()) : guessed(content);
      result.put(name, value);
    }
  }

  private static String unknown(String name, FlowDocument flow) {
    String known =
        flow.parameters().isEmpty()
            ? "it takes none"
            : "it takes " + String.join(", ", flow.parameters().keySet());
    return "Flow %s has no parameter '%s'; %s.".formatted(flow.name(), name, known);
  }

  private void checkRequired(FlowDocument flow, Map<String, String> pairs) {
    flow.parameters()
        .forEach(
            (name, parameter) -> {
              if (parameter.required() && !pairs.containsKey(name)) {
                String purpose =
                    parameter.description().isEmpty() ? "" : " (" + parameter.description() + ")";
                problems.add(
                    "Flow %s needs parameter '%s'%s: give --param %s=<%s>."
                        .formatted(flow.name(), name, purpose, name, parameter.type().text()));
              }
            });
  }

  private String content(String name, String text) {
    if (text.startsWith("@@")) {
      return text.substring(1);
    }
    if (!text.startsWith("@")) {
      return text;
    }
    String file = text.substring(1);
    try {
      return Files.readString(Path.of(file));
    } catch (NoSuchFileException missing) {
      problems.add(
          "Parameter '%s': there is no file '%s'. A text that begins with @ is written @@."
              .formatted(name, file));
    } catch (IOException | InvalidPathException unreadable) {
      problems.add(
          "Parameter '%s': file '%s' cannot be read as UTF-8 text: %s"
              .formatted(name, file, unreadable.getMessage()));
    }
    return null;
  }

  private JsonNode typed(String name, String text, Type type) {
    try {
      return switch (type) {
        case STRING -> TextNode.valueOf(text);
        case INTEGER -> BigIntegerNode.valueOf(new BigInteger(text.strip()));
        case NUMBER -> DecimalNode.valueOf(new BigDecimal(text.strip()));
        case BOOLEAN -> BooleanNode.valueOf(bool(text.strip()));
        case JSON -> json(text).orElseThrow(IllegalArgumentException::new);
      };
    } catch (IllegalArgumentException unfit) {
      problems.add(
          "Parameter '%s' is of type %s, found '%s'; expected %s."
              .formatted(name, type.text(), shortened(text), example(type)));
      return null;
    }
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static String example(Type type) {
    return switch (type) {
      case STRING -> "a text";
      case INTEGER -> "a whole number such as 42";
      case NUMBER -> "a number such as 0.5";
      case BOOLEAN -> "true or false";
      case JSON -> "JSON such as [1,2,3] or '\"text\"'";
    };
  }

  private static JsonNode guessed(String text) {
    return json(text).orElseGet(() -> TextNode.valueOf(text));
  }

  private static Optional<JsonNode> json(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return switch (Json.read(bytes, JsonNode.class, "a value")) {
      case Decoded.Understood<JsonNode>(JsonNode value) when !value.isMissingNode() ->
          Optional.of(value);
      case Decoded.Understood<JsonNode> nothing -> Optional.empty();
      case Decoded.NotUnderstood<JsonNode> other -> Optional.empty();
    };
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 59) + "…";
  }
}
