package io.millrace.events.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TriggerEvent;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run, as {@code GET /api/v1/runs/{run}} answers it.
 *
 * @param run the run
 * @param flow its definition
 * @param state where it stands
 * @param message why it ended so, for people; null when there is nothing to say
 * @param priority higher goes first
 * @param tags for people and filters
 * @param parameters every one that has a value; null in lists
 * @param origins runs that it goes on from, the nearest first
 * @param started when it was accepted
 * @param ended when nothing of it ran any more; null before
 * @param triggeredBy the events that it was started for; empty where somebody asked for it
 * @param steps in the document's order, those that nothing has reached included; null in lists
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunView(
    RunId run,
    FlowRef flow,
    State state,
    String message,
    int priority,
    List<String> tags,
    Map<String, JsonNode> parameters,
    List<RunId> origins,
    Instant started,
    Instant ended,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TriggerEvent> triggeredBy,
    List<Step> steps) {

  public RunView {
    triggeredBy = triggeredBy == null ? List.of() : List.copyOf(triggeredBy);
  }

  /** Where a run stands. */
  public enum State {
    RUNNING,
    SUSPENDED,
    /** Its result is known; what still runs is being stopped. */
    ENDING,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    TIMED_OUT;

    /** Whether nothing more happens to the run. */
    public boolean isOver() {
      return switch (this) {
        case RUNNING, SUSPENDED, ENDING -> false;
        case SUCCEEDED, FAILED, CANCELLED, TIMED_OUT -> true;
      };
    }

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * How far a step came.
   *
   * @param step the step
   * @param total tasks that are known to be needed so far
   * @param active tasks that are ordered or run
   * @param done tasks that succeeded
   * @param failed tasks that failed for good
   * @param retries attempts beyond the first of each task
   * @param started when the first of its tasks was ordered; null before
   * @param changed when something last happened to it; null before
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Step(
      StepName step,
      int total,
      int active,
      int done,
      int failed,
      int retries,
      Instant started,
      Instant changed) {}

  /**
   * The answer to {@code GET /api/v1/runs}, the newest first.
   *
   * @param runs without parameters and steps
   * @param next the value of {@code before} that leads to the following page; null on the last one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(List<RunView> runs, String next) {}

  /** The answer to whatever starts a run. */
  public record Accepted(RunId run) {}
}
