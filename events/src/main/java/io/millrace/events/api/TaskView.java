package io.millrace.events.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.events.Cause;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import java.time.Instant;
import java.util.List;

/**
 * A task, as {@code GET /api/v1/runs/{run}/tasks} answers it: those in flight, and those outside
 * any foreach that are over. Tasks of a foreach that succeeded are counted by their step only.
 *
 * @param task the task
 * @param step its step
 * @param attempt the current try
 * @param state waiting, backing-off, ordered, deferred, launched, pending, running, stopping,
 *     succeeded or failed
 * @param message what it waits for; null when there is nothing to say
 * @param cause of the failure; null elsewhere
 * @param since when it was first seen running; null before
 * @param until when the engine looks at it again by itself: a timeout, the next try; null for never
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TaskView(
    TaskId task,
    StepName step,
    int attempt,
    String state,
    String message,
    Cause cause,
    Instant since,
    Instant until) {

  /** The answer, in order of the ids. */
  public record Page(List<TaskView> tasks) {}

  /**
   * An attempt of which there are log lines.
   *
   * @param task the task
   * @param attempt which try
   */
  public record Logged(TaskId task, int attempt) {
    /** The answer to {@code GET /api/v1/runs/{run}/logs}, in order of the ids. */
    public record Page(List<Logged> attempts) {}
  }
}
