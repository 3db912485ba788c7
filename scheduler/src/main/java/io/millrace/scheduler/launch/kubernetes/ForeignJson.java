package io.millrace.scheduler.launch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;

/** Reads the parts of a step's section that Kubernetes itself defines. */
final class ForeignJson {
  private static final KubernetesSerialization FORM = new KubernetesSerialization();

  private ForeignJson() {}

  /**
   * Reads an object.
   *
   * @param field its place in the step, for the message
   * @throws RefusedOrderException when it is none of that type
   */
  static <T> T read(String field, JsonNode value, Class<T> type) {
    try {
      return FORM.convertValue(value, type);
    } catch (IllegalArgumentException unreadable) {
      throw new RefusedOrderException(
          "%s: expected a %s of the Kubernetes API: %s"
              .formatted(field, type.getSimpleName(), firstLine(unreadable)));
    }
  }

  /** Reads a list of objects; null is an empty one. */
  static <T> List<T> list(String field, JsonNode values, Class<T> type) {
    var result = new ArrayList<T>();
    if (values != null) {
      for (int i = 0; i < values.size(); i++) {
        result.add(read(field + "[" + i + "]", values.get(i), type));
      }
    }
    return result;
  }

  /** An object of fabric8's as a tree. */
  static JsonNode tree(Object value) {
    return FORM.convertValue(value, JsonNode.class);
  }

  private static String firstLine(Exception problem) {
    return String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
  }
}
