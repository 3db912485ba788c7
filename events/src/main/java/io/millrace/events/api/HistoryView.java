package io.millrace.events.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Cause;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import java.time.Instant;
import java.util.List;

/**
 * A run as {@code GET /api/v1/history/runs} answers it.
 *
 * @param run the run
 * @param flow its definition
 * @param state where it stands
 * @param message why it ended so, for people; null when there is nothing to say
 * @param parameters by name; null in lists, and when the event of its start is not there any more
 * @param started when it was accepted, or first heard of
 * @param ended when it was over; null before
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HistoryView(
    RunId run,
    FlowRef flow,
    RunView.State state,
    String message,
    JsonNode parameters,
    Instant started,
    Instant ended) {

  /**
   * The answer to {@code GET /api/v1/history/runs}, the newest first.
   *
   * @param next the value of {@code before} that leads to the following page; null on the last one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(List<HistoryView> runs, String next) {}

  /**
   * A task of a run.
   *
   * @param task the task
   * @param step its step
   * @param attempt the last one that anything was told of
   * @param state the last thing that was told of it, as in the public events
   * @param cause why that attempt failed; null when it has not
   * @param message for people; null when there is nothing to say
   * @param started when it was first ordered, or first heard of
   * @param changed when anything was last told of it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Task(
      TaskId task,
      StepName step,
      int attempt,
      String state,
      Cause cause,
      String message,
      Instant started,
      Instant changed) {}

  /**
   * The answer to {@code GET /api/v1/history/runs/{run}/tasks}, in order of their ids.
   *
   * @param next the value of {@code after} that leads to the following page; null on the last one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tasks(List<Task> tasks, String next) {}
}
