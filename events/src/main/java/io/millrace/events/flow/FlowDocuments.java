package io.millrace.events.flow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.millrace.events.Digests;
import io.millrace.events.FlowRef;
import java.util.List;
import java.util.TreeMap;

/** Reading documents from text, their canonical form, and the content address that follows. */
public final class FlowDocuments {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
                  // A record of it is one or two levels deeper, and has to be read again.
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(150).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private FlowDocuments() {}

  /**
   * Parses YAML, and so JSON too.
   *
   * @throws InvalidFlowException when the text is neither
   */
  public static JsonNode parse(String text) {
    try {
      JsonNode tree = YAML.readTree(text);
      return tree == null ? JsonNodeFactory.instance.missingNode() : tree;
    } catch (JsonProcessingException unreadable) {
      var at = unreadable.getLocation();
      String place = at == null ? "document" : "line " + at.getLineNr();
      throw new InvalidFlowException(
          List.of(
              new FlowProblem(place, "expected YAML or JSON: " + unreadable.getOriginalMessage())));
    }
  }

  /**
   * The document with the keys of every object sorted and nothing added: two documents that differ
   * only in the order of keys, in comments or in layout are the same flow.
   */
  public static JsonNode canonical(JsonNode document) {
    if (document.isObject()) {
      var sorted = new TreeMap<String, JsonNode>();
      document
          .properties()
          .forEach(entry -> sorted.put(entry.getKey(), canonical(entry.getValue())));
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      sorted.forEach(result::set);
      return result;
    }
    if (document.isArray()) {
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      document.forEach(item -> result.add(canonical(item)));
      return result;
    }
    return document;
  }

  /** The content address of a valid document. */
  public static FlowRef ref(JsonNode document) {
    try {
      String text = JSON.writeValueAsString(canonical(document));
      return new FlowRef(document.path("name").asText(), Digests.sha256(text));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a JSON tree can always be written", impossible);
    }
  }
}
