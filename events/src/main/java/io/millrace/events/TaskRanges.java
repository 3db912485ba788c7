package io.millrace.events;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lists of task ids written short: {@code train-[0..99999]} stands for a hundred thousand of them.
 * An element is a task id, or a task id whose innermost index is a range, or the workers of a gang
 * ({@code train-worker-[0..2]}).
 */
public final class TaskRanges {
  private static final Pattern RANGE =
      Pattern.compile("(.*-)\\[(\\d{1,9})\\.\\.(\\d{1,9})\\](\\.\\d{1,9})?");

  private TaskRanges() {}

  /**
   * Writes the ids of {@code count} tasks.
   *
   * @param at the id of the n-th task, from 0
   */
  public static List<String> of(int count, IntFunction<TaskId> at) {
    var ranges = new ArrayList<String>();
    int from = 0;
    while (from < count) {
      TaskId first = at.apply(from);
      int to = from + 1;
      while (to < count && follows(first, at.apply(to), to - from)) {
        to++;
      }
      ranges.add(to - from == 1 ? first.toString() : range(first, to - from));
      from = to;
    }
    return ranges;
  }

  /** The members of a gang: its control first, then the workers. */
  public static List<String> gang(TaskId control, int members) {
    return members <= 2
        ? List.of(control.toString(), control + "-worker-0")
        : List.of(control.toString(), control + "-worker-[0.." + (members - 2) + "]");
  }

  /**
   * Every id that the elements stand for, in order.
   *
   * @throws IllegalArgumentException when a range runs backwards or is too wide
   */
  public static List<String> expand(List<String> ranges) {
    var ids = new ArrayList<String>();
    for (String element : ranges) {
      Matcher range = RANGE.matcher(element);
      if (!range.matches()) {
        ids.add(element);
        continue;
      }
      int from = Integer.parseInt(range.group(2));
      int to = last(element, range);
      String tail = range.group(4) == null ? "" : range.group(4);
      for (int i = from; i <= to; i++) {
        ids.add(range.group(1) + i + tail);
      }
    }
    return ids;
  }

  /**
   * The first id that an element stands for.
   *
   * @throws IllegalArgumentException when a range runs backwards or is too wide
   */
  public static String first(String element) {
    Matcher range = RANGE.matcher(element);
    if (!range.matches()) {
      return element;
    }
    last(element, range);
    return range.group(1)
        + Integer.parseInt(range.group(2))
        + (range.group(4) == null ? "" : range.group(4));
  }

  private static int last(String element, Matcher range) {
    int from = Integer.parseInt(range.group(2));
    int to = Integer.parseInt(range.group(3));
    if (to < from) {
      throw new IllegalArgumentException("range '" + element + "' runs backwards");
    }
    if (to - from >= Frontier.Fan.WIDEST) {
      throw new IllegalArgumentException(
          "range '%s' is wider than %d".formatted(element, Frontier.Fan.WIDEST));
    }
    return to;
  }

  private static boolean follows(TaskId first, TaskId other, int distance) {
    int depth = first.path().size();
    return depth > 0
        && other.path().size() == depth
        && other.iteration() == first.iteration()
        && other.splitIndex() == first.splitIndex() + distance
        && other.step().equals(first.step())
        && other.path().subList(0, depth - 1).equals(first.path().subList(0, depth - 1));
  }

  private static String range(TaskId first, int count) {
    var text = new StringBuilder(first.step().value());
    for (int index : first.path().subList(0, first.path().size() - 1)) {
      text.append('-').append(index);
    }
    int from = first.splitIndex();
    text.append("-[").append(from).append("..").append(from + count - 1).append(']');
    return first.iteration() == 0
        ? text.toString()
        : text.append('.').append(first.iteration()).toString();
  }
}
