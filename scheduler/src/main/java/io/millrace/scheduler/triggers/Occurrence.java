package io.millrace.scheduler.triggers;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.CloudEvents;
import io.millrace.events.Decoded;
import io.millrace.events.Digests;
import io.millrace.events.Json;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Parameter;
import io.millrace.events.flow.Triggers.On;
import io.millrace.scheduler.topics.Incoming;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Something that flows may wait for.
 *
 * @param labels as whose {@link On#label} it counts
 * @param identity the same when the same event comes again
 * @param event for who looks at the run
 * @param payload an object
 */
record Occurrence(List<String> labels, String identity, TriggerEvent event, JsonNode payload) {

  /**
   * What somebody published: a CloudEvent whose type is the event's name.
   *
   * @return never fails: what cannot be understood is told with the reason
   */
  static Decoded<Occurrence> published(Incoming incoming) {
    return CloudEvents.attributes(incoming::header)
        .then(
            attributes ->
                payload(incoming.record().value())
                    .then(payload -> new Decoded.Understood<>(of(incoming, attributes, payload))));
  }

  private static Decoded<JsonNode> payload(byte[] value) {
    if (value == null || value.length == 0) {
      return new Decoded.Understood<>(Json.tree(Map.of()));
    }
    return Json.read(value, JsonNode.class, "an event's payload")
        .then(
            tree ->
                tree.isObject()
                    ? new Decoded.Understood<>(tree)
                    : new Decoded.NotUnderstood<>(
                        "expected an event's payload as a JSON object, found "
                            + tree.getNodeType().toString().toLowerCase(java.util.Locale.ROOT)));
  }

  private static Occurrence of(
      Incoming incoming, CloudEvents.Attributes attributes, JsonNode payload) {
    Instant time = CloudEvents.time(incoming::header, incoming.published());
    JsonNode id = payload.path("id");
    return new Occurrence(
        List.of(attributes.type()),
        identity(attributes.source(), attributes.id()),
        TriggerEvent.of(
            attributes.type(),
            id.isTextual() && !id.textValue().isEmpty() ? id.textValue() : attributes.id(),
            time,
            TriggerEvent.Type.EVENT),
        payload);
  }

  /** Of a CloudEvent, which its source and its id name. */
  static String identity(String source, String id) {
    return Digests.sha256((source + "\n" + id).getBytes(StandardCharsets.UTF_8)).substring(0, 32);
  }

  /** Whether the payload is what a flow waits for. */
  boolean fits(On on) {
    return on.where().entrySet().stream()
        .allMatch(entry -> entry.getValue().equals(text(payload.path(entry.getKey()))));
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  /** What it gives a run; a field that it lacks gives nothing. */
  Map<String, JsonNode> parameters(FlowDocument document, On on) {
    var values = new TreeMap<String, JsonNode>();
    on.parameters()
        .forEach(
            (name, field) -> {
              JsonNode value = payload.path(field);
              Parameter parameter = document.parameters().get(name);
              if (!value.isMissingNode() && !value.isNull() && parameter != null) {
                values.put(name, as(parameter.type(), value));
              }
            });
    return values;
  }

  /**
   * Many publish every value as a text. One that cannot be read as the parameter's type stays as it
   * is, and the run's request says so in the dead letters.
   */
  private static JsonNode as(FlowDocument.Type type, JsonNode value) {
    if (type == FlowDocument.Type.STRING && value.isValueNode()) {
      return Json.tree(value.asText());
    }
    if (type.accepts(value) && !(type == FlowDocument.Type.JSON && value.isTextual())) {
      return value;
    }
    JsonNode read =
        value.isTextual()
                && Json.read(
                        value.textValue().getBytes(StandardCharsets.UTF_8), JsonNode.class, "JSON")
                    instanceof Decoded.Understood<JsonNode>(JsonNode tree)
            ? tree
            : value;
    return type.accepts(read) ? read : value;
  }
}
