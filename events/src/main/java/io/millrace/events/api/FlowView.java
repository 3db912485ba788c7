package io.millrace.events.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.FlowRef;
import java.util.List;

/**
 * A flow, as {@code GET /api/v1/flows/{name}} answers it.
 *
 * @param ref its content address
 * @param description for people; empty when there is none
 * @param document the definition; null in lists
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FlowView(FlowRef ref, String description, JsonNode document) {

  /** The answer to {@code GET /api/v1/flows}: the current definition of each name, by name. */
  public record Page(List<FlowView> flows) {}

  /**
   * The answer to {@code POST /api/v1/flows}.
   *
   * @param ref the content address, which runs can ask for
   * @param changed whether this is another definition than the current one before; of one that was
   *     not to become current, whether it is new
   */
  public record Deployed(FlowRef ref, boolean changed) {}
}
