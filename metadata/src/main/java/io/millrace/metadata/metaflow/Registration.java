package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.metadata.refusal.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a client sends to register something.
 *
 * @param id the one that the client brings; null to have a number given out
 * @param user may be null
 * @param tags the user's
 * @param systemTags Metaflow's own
 */
record Registration(String id, String user, List<String> tags, List<String> systemTags) {
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final int LONGEST_ID = 255;

  /**
   * Reads a body.
   *
   * @param idField where an id is, such as {@code task_id}; null where the path has it
   */
  static Registration read(byte[] body, String idField) {
    JsonNode object = object(body);
    String id = idField == null ? null : text(object, idField);
    if (id != null && NUMBER.matcher(id).matches()) {
      throw Refusal.malformed(
          "%s '%s' is a number, and numbers are given out here; leave it out, or bring an id with a letter in it"
              .formatted(idField, id));
    }
    if (id != null && (id.isEmpty() || id.length() > LONGEST_ID)) {
      throw Refusal.malformed(
          "%s has %d characters; expected 1 to %d".formatted(idField, id.length(), LONGEST_ID));
    }
    return new Registration(
        id, text(object, "user_name"), texts(object, "tags"), texts(object, "system_tags"));
  }

  /** A body that has to be a JSON object. */
  static JsonNode object(byte[] body) {
    JsonNode tree = tree(body);
    if (!tree.isObject()) {
      throw Refusal.malformed("expected a JSON object, found " + kind(tree));
    }
    return tree;
  }

  /** A body that has to be a JSON array of objects. */
  static List<JsonNode> objects(byte[] body) {
    JsonNode tree = tree(body);
    if (!tree.isArray()) {
      throw Refusal.malformed("expected a JSON array, found " + kind(tree));
    }
    var objects = new ArrayList<JsonNode>(tree.size());
    for (JsonNode one : tree) {
      if (!one.isObject()) {
        throw Refusal.malformed("expected a JSON array of objects, found in it " + kind(one));
      }
      objects.add(one);
    }
    return objects;
  }

  private static JsonNode tree(byte[] body) {
    return switch (Json.read(body, JsonNode.class, "a body")) {
      case Decoded.Understood<JsonNode>(JsonNode tree) -> tree;
      case Decoded.NotUnderstood<JsonNode>(String reason) -> throw Refusal.malformed(reason);
    };
  }

  private static String kind(JsonNode tree) {
    return "a JSON " + tree.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
  }

  /** A field's text, whatever scalar it is; null when it is absent or null. */
  static String text(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    return value.isValueNode() ? value.asText() : Json.text(value);
  }

  /** A field's texts, each once; empty when it is absent or null. */
  static List<String> texts(JsonNode object, String field) {
    JsonNode value = object.get(field);
    if (value == null || value.isNull()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw Refusal.malformed(
          "%s: expected an array of texts, found %s".formatted(field, kind(value)));
    }
    var texts = new LinkedHashSet<String>();
    for (JsonNode one : value) {
      if (!one.isTextual()) {
        throw Refusal.malformed(
            "%s: expected an array of texts, found in it %s".formatted(field, kind(one)));
      }
      texts.add(one.textValue());
    }
    return List.copyOf(texts);
  }
}
