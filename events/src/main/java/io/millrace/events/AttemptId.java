package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Names one try of a task. Its text {@code run/task/attempt} is the identity that launched objects
 * carry and by which a launch is recognised as already done.
 *
 * @param run the run
 * @param task the task
 * @param attempt 0, 1, 2 …
 */
public record AttemptId(RunId run, TaskId task, int attempt) implements Comparable<AttemptId> {

  public AttemptId {
    if (attempt < 0) {
      throw new IllegalArgumentException("attempt " + attempt + " of " + task + " is negative");
    }
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException when it is none
   */
  @JsonCreator
  public static AttemptId parse(String text) {
    String[] parts = text.split("/", -1);
    int number = parts.length == 3 ? Text.number(parts[2]) : -1;
    if (number < 0) {
      throw new IllegalArgumentException(
          "attempt '%s' is not of the form run/task/number".formatted(text));
    }
    return new AttemptId(RunId.of(parts[0]), TaskId.parse(parts[1]), number);
  }

  @Override
  public int compareTo(AttemptId other) {
    int byRun = run.compareTo(other.run);
    if (byRun != 0) {
      return byRun;
    }
    int byTask = task.compareTo(other.task);
    return byTask != 0 ? byTask : Integer.compare(attempt, other.attempt);
  }

  @JsonValue
  @Override
  public String toString() {
    return run + "/" + task + "/" + attempt;
  }
}
