package io.millrace.events.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A public event as the API streams it: a CloudEvent's attributes and its data.
 *
 * @param id the CloudEvent's id
 * @param type the CloudEvent's type, such as {@code io.millrace.task.succeeded}
 * @param subject the run, or {@code run/task/attempt}
 * @param time when it happened
 * @param data an {@link io.millrace.events.Event} as JSON
 */
public record EventView(String id, String type, String subject, Instant time, JsonNode data) {}
