package io.millrace.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Changes one place of a JSON tree. */
final class Mutations {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final SplittableRandom random;

  Mutations(SplittableRandom random) {
    this.random = random;
  }

  /** A copy with one change. */
  JsonNode of(JsonNode original) {
    JsonNode copy = original.deepCopy();
    JsonNode at = copy;
    while (true) {
      var names = new ArrayList<String>();
      at.fieldNames().forEachRemaining(names::add);
      int index = random.nextInt(Math.max(1, at.size()));
      JsonNode inner = at.isArray() ? at.get(index) : at.get(names.get(index));
      if (inner.isContainerNode() && !inner.isEmpty() && random.nextInt(5) > 0) {
        at = inner;
        continue;
      }
      if (at instanceof ArrayNode array) {
        array.set(index, other(inner));
      } else if (at instanceof ObjectNode object) {
        switch (random.nextInt(6)) {
          case 0 -> object.remove(names.get(index));
          case 1 -> object.set("unheard", inner);
          default -> object.set(names.get(index), other(inner));
        }
      }
      return copy;
    }
  }

  private JsonNode other(JsonNode was) {
    List<JsonNode> others =
        List.of(
            JSON.numberNode(random.nextInt(-3, 3)),
            JSON.numberNode(random.nextInt(2_000_000)),
            JSON.numberNode(Long.MAX_VALUE),
            JSON.numberNode(1.5),
            JSON.textNode(""),
            JSON.textNode("a b"),
            JSON.textNode("Other_1"),
            JSON.textNode("7m"),
            JSON.booleanNode(true),
            JSON.arrayNode(),
            JSON.arrayNode().add(was),
            JSON.arrayNode().add(was).add("x"),
            JSON.objectNode(),
            JSON.objectNode().set("x", was));
    return others.get(random.nextInt(others.size()));
  }
}
