package io.millrace.events.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The body of {@code POST /api/v1/trigger-events}.
 *
 * @param name the event's name: 1 to 255 visible ASCII characters
 * @param payload what it brings; may be left out
 */
public record EventPublication(String name, Map<String, JsonNode> payload) {
  private static final Pattern NAME = Pattern.compile("[!-~]{1,255}");

  public EventPublication {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "field 'name' is '%s', expected 1 to 255 visible ASCII characters".formatted(name));
    }
    payload = payload == null ? Map.of() : payload;
  }

  /**
   * The answer.
   *
   * @param id of the CloudEvent
   */
  public record Accepted(String id) {}
}
