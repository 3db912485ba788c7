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
  /** The longest name or id: all events of a run stand in one variable of its steps. */
  public static final int LONGEST = 500;

  /** The most events of a run. */
  public static final int MOST = 50;

  /** The event with name and id cut to what may be kept of them. */
  public static TriggerEvent of(String name, String id, Instant time, Type type) {
    return new TriggerEvent(cut(name), cut(id), time, type);
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }

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
    Required.within(name.length(), 0, LONGEST, "name.length");
    Required.within(id.length(), 0, LONGEST, "id.length");
  }
}
