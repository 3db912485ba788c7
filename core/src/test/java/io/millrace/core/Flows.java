package io.millrace.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.events.flow.FlowDocuments;

/** Flow documents for stories. */
final class Flows {
  private Flows() {}

  /** A document from YAML; what every flow needs and no story is about may be left out. */
  static JsonNode flow(String yaml) {
    var document = (ObjectNode) FlowDocuments.parse(yaml);
    if (!document.has("name")) {
      document.put("name", "story");
    }
    for (JsonNode step : document.path("steps")) {
      if (!step.has("container")) {
        ((ObjectNode) step).putObject("container").put("image", "busybox");
      }
    }
    return document;
  }
}
