package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Names one slot of a step in a run, derived from where it stands in the graph and so the same
 * whenever the run is decided again.
 *
 * <p>Its text is {@code step}, then {@code -index} for each enclosing foreach from the outermost
 * in, then {@code .n} for the n-th repetition of a recursion: {@code train-3-0}, {@code refine.2}.
 *
 * @param step the step
 * @param path the index in each enclosing foreach, outermost first; empty outside any
 * @param iteration how often a self-loop has been taken before; 0 for the first pass and for every
 *     other step
 */
public record TaskId(StepName step, List<Integer> path, int iteration)
    implements Comparable<TaskId> {

  public TaskId {
    path = List.copyOf(path);
    boolean negative = iteration < 0;
    for (int index : path) {
      negative |= index < 0;
    }
    if (negative) {
      throw new IllegalArgumentException("task id of step " + step + " has a negative index");
    }
  }

  /** The task of a step outside any foreach. */
  public static TaskId of(StepName step) {
    return new TaskId(step, List.of(), 0);
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException when it is none
   */
  @JsonCreator
  public static TaskId parse(String text) {
    int dot = text.indexOf('.');
    int iteration = dot < 0 ? 0 : number(text, text.substring(dot + 1));
    String[] parts = (dot < 0 ? text : text.substring(0, dot)).split("-", -1);
    var path = new ArrayList<Integer>(parts.length - 1);
    for (int i = 1; i < parts.length; i++) {
      path.add(number(text, parts[i]));
    }
    return new TaskId(new StepName(parts[0]), path, iteration);
  }

  private static int number(String text, String digits) {
    int number = Text.number(digits);
    if (number < 0) {
      throw new IllegalArgumentException(
          "task id '%s' is not of the form step[-index…][.iteration]".formatted(text));
    }
    return number;
  }

  /** The index in the innermost enclosing foreach, or -1 outside any. */
  public int splitIndex() {
    return path.isEmpty() ? -1 : path.getLast();
  }

  /** The task of another step in the same place. */
  public TaskId at(StepName other) {
    return new TaskId(other, path, 0);
  }

  /** The next repetition of a recursion. */
  public TaskId repeated() {
    return new TaskId(step, path, iteration + 1);
  }

  @Override
  public int compareTo(TaskId other) {
    int byStep = step.compareTo(other.step);
    if (byStep != 0) {
      return byStep;
    }
    for (int i = 0; i < Math.min(path.size(), other.path.size()); i++) {
      int byIndex = Integer.compare(path.get(i), other.path.get(i));
      if (byIndex != 0) {
        return byIndex;
      }
    }
    int byDepth = Integer.compare(path.size(), other.path.size());
    return byDepth != 0 ? byDepth : Integer.compare(iteration, other.iteration);
  }

  @JsonValue
  @Override
  public String toString() {
    if (path.isEmpty() && iteration == 0) {
      return step.value();
    }
    var text = new StringBuilder(step.value());
    for (int index : path) {
      text.append('-').append(index);
    }
    if (iteration > 0) {
      text.append('.').append(iteration);
    }
    return text.toString();
  }
}
