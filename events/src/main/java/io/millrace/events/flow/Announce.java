package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * Under which names a flow's successes are events that others can wait for: {@code <prefix>.<step>}
 * for a step's, {@code <prefix>.end} for a run's.
 *
 * @param prefix of the names
 * @param payload fields that each of these events has beside those that tell run, step and task
 */
public record Announce(String prefix, Map<String, JsonNode> payload) {}
