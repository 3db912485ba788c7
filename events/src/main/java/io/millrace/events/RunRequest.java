package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/**
 * The data of a run request: a CloudEvent of type {@link #TYPE} on the run-requests topic.
 *
 * @param flow {@code name} for the flow's current definition, or {@code name@sha256}
 * @param parameters values by name; may be left out
 * @param run the run's id; null to derive it from the CloudEvent's source and id
 * @param priority higher goes first; null for the flow's own
 * @param tags for people and filters; may be left out
 * @param triggeredBy the events that the run is asked for; may be left out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunRequest(
    String flow,
    Map<String, JsonNode> parameters,
    RunId run,
    Integer priority,
    List<String> tags,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TriggerEvent> triggeredBy) {

  /** The CloudEvent's type. */
  public static final String TYPE = "io.millrace.run.requested";

  public RunRequest {
    Required.field(flow, "flow");
    if (flow.indexOf('@') >= 0) {
      FlowRef.parse(flow);
    } else if (!FlowRef.isValidName(flow)) {
      throw new IllegalArgumentException(
          "field 'flow' is '%s', expected a flow's name or name@sha256".formatted(flow));
    }
    parameters = parameters == null ? Map.of() : parameters;
    tags = tags == null ? List.of() : List.copyOf(tags);
    triggeredBy = triggeredBy == null ? List.of() : List.copyOf(triggeredBy);
    Required.within(triggeredBy.size(), 0, TriggerEvent.MOST, "triggeredBy.size");
  }
}
