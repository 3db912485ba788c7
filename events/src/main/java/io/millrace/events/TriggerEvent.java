package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;
import java.util.Locale;

/**
 * An event that a run was started for. What its payload held has become parameters of the run.
 *
 * @param name what the flow's trigger calls it
 * @param id by which people find it again: the payload's {@code id}, or that of the CloudEvent
 * @param time when it occurred, by its producer's word
 * @param type what kind of event it was
 */
public record TriggerEvent(String name, String id, Instant time, Type type) {

  /** What kind of event started a run. */
  public enum Type {
    /** Somebody published it, or a step of another run succeeded. */
    EVENT,
    /** Another run succeeded. */
    RUN,
    /** A schedule's time had come. */
    SCHEDULE;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public TriggerEvent {
    Required.field(name, "name");
    Required.field(id, "id");
    Required.field(time, "time");
    Required.field(type, "type");
  }
}
