package io.millrace.events.flow;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.StepName;
import io.millrace.events.TriggerEvent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What starts runs of a deployed flow by itself: a schedule, events, or both.
 *
 * @param schedule the times; null for none
 * @param events what is waited for; empty for nothing
 * @param match whether all events have to come, or any one is enough
 * @param window how far apart all the events may come; null for any time
 * @param reset times at which events that have come are forgotten where others are still waited
 *     for; null for never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Triggers(
    Schedule schedule, List<On> events, Match match, Duration window, Times reset) {
  /** No flow waits for more events than these. */
  static final int MOST_EVENTS = TriggerEvent.MOST;

  /** Starts nothing. */
  public static final Triggers NONE = new Triggers(null, List.of(), Match.ALL, null, null);

  public Triggers {
    events = events == null ? List.of() : List.copyOf(events);
    match = match == null ? Match.ALL : match;
  }

  /** Whether nothing starts runs. */
  public boolean areNone() {
    return schedule == null && events.isEmpty();
  }

  /** Whether several events have to come before a run starts. */
  public boolean gathers() {
    return match == Match.ALL && events.size() > 1;
  }

  /** When a run starts. */
  public enum Match {
    /** When each of the events has come. */
    ALL,
    /** For each event. */
    ANY;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a run ends that is waited for. */
  public enum Result {
    SUCCEEDED,
    /** In whatever other way: failed, cancelled or out of time. */
    FAILED;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Times on a clock.
   *
   * @param cron expressions of five fields, or of six with seconds before them; at least one
   * @param timezone a name of the IANA's, such as {@code Europe/Berlin}
   */
  public record Times(List<String> cron, String timezone) {
    public Times {
      cron = List.copyOf(cron);
      if (cron.isEmpty() || timezone == null) {
        throw new IllegalArgumentException("field 'cron' or 'timezone' is missing");
      }
    }
  }

  /**
   * Times at which runs start.
   *
   * @param times when
   * @param parameters that these runs are given
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Schedule(Times times, Map<String, JsonNode> parameters) {
    public Schedule {
      if (times == null) {
        throw new IllegalArgumentException("field 'times' is missing");
      }
      parameters = parameters == null ? Map.of() : parameters;
    }
  }

  /**
   * An event that is waited for: one that anybody publishes under a name, or the end of another
   * flow's run.
   *
   * @param event the name; null where a flow is given
   * @param flow the name of a flow a run of which succeeds; null where an event is given
   * @param step of that flow a task of which succeeds; null for the run as a whole
   * @param result with which that flow's run ends; null for success
   * @param where values that fields of the payload must have, compared as texts
   * @param parameters of the run, by name: the field of the payload that gives the value
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record On(
      String event,
      String flow,
      StepName step,
      Result result,
      Map<String, String> where,
      Map<String, String> parameters) {
    public On {
      where = where == null ? Map.of() : where;
      parameters = parameters == null ? Map.of() : parameters;
    }

    /** Names it among a flow's events, which all differ. */
    public String label() {
      if (event != null) {
        return event;
      }
      String run = "flow " + flow;
      return result == Result.FAILED ? run + " failed" : step == null ? run : run + " step " + step;
    }
  }
}
