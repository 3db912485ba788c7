package io.millrace.client.show;

import io.millrace.client.show.Style.Tone;
import io.millrace.client.show.Terminal.Size;
import io.millrace.events.api.RunView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A run as a tree of its steps. A pure function of what is known and of the screen's size: it never
 * gives more lines than fit, nor longer ones.
 */
public final class RunTree {
  /** The most failures that are shown below the steps. */
  private static final int FAILURES = 3;

  private static final int BAR = 10;

  /** Narrower screens go without bars. */
  private static final int ROOM_FOR_BARS = 70;

  private final StepLayout layout;
  private final Style style;

  public RunTree(StepLayout layout, Style style) {
    this.layout = layout;
    this.style = style;
  }

  /**
   * The lines.
   *
   * @param failures the newest last
   * @param size of the screen; its last row is left free for the cursor
   */
  public List<String> lines(RunView run, List<FailedTask> failures, Instant now, Size size) {
    int room = Math.max(2, size.rows() - 1);
    List<FailedTask> shown =
        failures.subList(Math.max(0, failures.size() - FAILURES), failures.size());
    int forFailures = Math.min(shown.size(), Math.max(0, room - 3));
    var lines = new ArrayList<String>();
    lines.add(head(run, now).text(style, size.columns()));
    for (Line line : steps(run, now, size.columns(), room - 1 - forFailures)) {
      lines.add(line.text(style, size.columns()));
    }
    for (FailedTask failed : shown.subList(shown.size() - forFailures, shown.size())) {
      lines.add(failure(failed).text(style, size.columns()));
    }
    return lines;
  }

  private static Line head(RunView run, Instant now) {
    Instant until = run.ended() == null ? now : run.ended();
    return new Line()
        .add(Tone.STRONG, run.flow().name())
        .add("  " + run.run() + "  ")
        .add(tone(run.state()), run.state().toString())
        .add("  " + Elapsed.between(run.started(), until));
  }

  /** The tone of a run's state. */
  public static Tone tone(RunView.State state) {
    return switch (state) {
      case RUNNING -> Tone.BUSY;
      case SUSPENDED, ENDING -> Tone.WARNING;
      case SUCCEEDED -> Tone.GOOD;
      case FAILED, TIMED_OUT, CANCELLED -> Tone.BAD;
    };
  }

  private List<Line> steps(RunView run, Instant now, int columns, int room) {
    List<RunView.Step> all = StepLayout.steps(run);
    List<RunView.Step> shown = new ArrayList<>(all);
    // What has not begun says least, then what is done, from the beginning.
    drop(shown.reversed(), step -> step.total() == 0, shown.size() - room + 1, all.size() > room);
    drop(shown, RunTree::isDone, shown.size() - room + 1, all.size() > room);
    while (shown.size() > room || (shown.size() == room && shown.size() < all.size())) {
      shown.removeLast();
    }
    boolean bars = columns >= ROOM_FOR_BARS && all.stream().anyMatch(step -> step.total() > 1);
    int names = all.stream().mapToInt(this::nameWidth).max().orElse(0);
    int counts = all.stream().mapToInt(step -> counts(step).length()).max().orElse(0);
    var lines = new ArrayList<Line>();
    for (RunView.Step step : shown) {
      lines.add(step(step, run, now, names, bars, counts));
    }
    if (shown.size() < all.size()) {
      lines.add(rest(all, shown));
    }
    return lines;
  }

  private static void drop(
      List<RunView.Step> from, Predicate<RunView.Step> what, int most, boolean needed) {
    int left = needed ? most : 0;
    for (var each = from.iterator(); each.hasNext() && left > 0; ) {
      if (what.test(each.next())) {
        each.remove();
        left--;
      }
    }
  }

  private Line rest(List<RunView.Step> all, List<RunView.Step> shown) {
    var hidden = new ArrayList<>(all);
    hidden.removeAll(shown);
    long done = hidden.stream().filter(RunTree::isDone).count();
    long notBegun = hidden.stream().filter(step -> step.total() == 0).count();
    long others = hidden.size() - done - notBegun;
    var parts = new ArrayList<String>();
    if (done > 0) {
      parts.add(done + " done");
    }
    if (others > 0) {
      parts.add(others + " in progress");
    }
    if (notBegun > 0) {
      parts.add(notBegun + " not begun");
    }
    return new Line()
        .add(Tone.FAINT, "%s %s".formatted(style.sign("…", "..."), String.join(", ", parts)));
  }

  private Line step(
      RunView.Step step, RunView run, Instant now, int names, boolean bars, int counts) {
    Tone tone = tone(step, run);
    var line =
        new Line()
            .add(tone, sign(step, run))
            .add(" " + "  ".repeat(layout.depth(step.step())))
            .add(step.total() == 0 ? Tone.FAINT : Tone.NORMAL, step.step().value())
            .to(names + 4);
    if (step.total() == 0) {
      return line;
    }
    if (bars) {
      line.add(tone, step.total() > 1 ? bar(step) : "").to(names + 4 + BAR + 2);
    }
    int start = line.width();
    String count = counts(step);
    line.to(start + counts - count.length()).add(count).to(start + counts + 2);
    int times = line.width();
    line.add(Elapsed.between(step.started(), until(step, run, now))).to(times + 8);
    return line.add(Tone.FAINT, notes(step, run));
  }

  private int nameWidth(RunView.Step step) {
    return 2 * layout.depth(step.step()) + Columns.of(step.step().value());
  }

  private static String counts(RunView.Step step) {
    return step.done() + "/" + step.total();
  }

  private static Instant until(RunView.Step step, RunView run, Instant now) {
    if (StepLayout.isComplete(step)) {
      return step.changed();
    }
    return run.ended() == null ? now : run.ended();
  }

  private static boolean isDone(RunView.Step step) {
    return step.total() > 0 && step.failed() == 0 && StepLayout.isComplete(step);
  }

  private String bar(RunView.Step step) {
    int full = (int) ((long) step.done() * BAR / Math.max(1, step.total()));
    return style.sign("█", "#").repeat(full) + style.sign("░", "-").repeat(BAR - full);
  }

  private String sign(RunView.Step step, RunView run) {
    if (step.total() == 0) {
      return style.sign("·", ".");
    }
    if (step.failed() > 0) {
      return style.sign("✗", "x");
    }
    if (StepLayout.isComplete(step)) {
      return style.sign("✓", "+");
    }
    if (run.state().isOver()) {
      return style.sign("■", "-");
    }
    return step.active() > 0 ? style.sign("▸", ">") : style.sign("○", "o");
  }

  private static Tone tone(RunView.Step step, RunView run) {
    if (step.total() == 0) {
      return Tone.FAINT;
    }
    if (step.failed() > 0) {
      return Tone.BAD;
    }
    if (StepLayout.isComplete(step)) {
      return Tone.GOOD;
    }
    return run.state().isOver() ? Tone.WARNING : Tone.BUSY;
  }

  private static String notes(RunView.Step step, RunView run) {
    var notes = new ArrayList<String>();
    if (step.active() > 0 && step.total() > 1) {
      notes.add(step.active() + " running");
    }
    if (step.active() == 0 && !StepLayout.isComplete(step)) {
      notes.add(run.state().isOver() ? "stopped" : "waiting");
    }
    if (step.failed() > 0) {
      notes.add(step.failed() + " failed");
    }
    if (step.retries() > 0) {
      notes.add(step.retries() + (step.retries() == 1 ? " retry" : " retries"));
    }
    return String.join(", ", notes);
  }

  private Line failure(FailedTask failed) {
    return new Line()
        .add(Tone.BAD, style.sign("✗", "x") + " " + failed.task() + "/" + failed.attempt())
        .add("  " + FailedTask.text(failed.cause()));
  }
}
