package io.millrace.client.show;

import io.millrace.client.show.Style.Tone;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.TaskView.Logged;

/** Puts log lines behind the task and attempt that wrote them, one below the other. */
public final class LogPrefix {
  private static final Tone[] TONES = {Tone.BUSY, Tone.GOOD, Tone.WARNING, Tone.STRONG};

  private final Style style;
  private int width;

  public LogPrefix(Style style) {
    this.style = style;
  }

  /** Makes room for an attempt's lines before they come. */
  public void expect(Logged attempt) {
    width = Math.max(width, name(attempt, 0).length());
  }

  /** The text is passed as it is: steps may colour it. */
  public String line(Logged attempt, LogLine line) {
    String name = name(attempt, line);
    width = Math.max(width, name.length());
    boolean error = "stderr".equals(line.stream());
    Tone tone = TONES[Math.floorMod(attempt.task().hashCode(), TONES.length)];
    return style.paint(tone, Columns.padded(name, width))
        + (error ? style.paint(Tone.BAD, " ! ") : style.paint(Tone.FAINT, " | "))
        + line.text();
  }

  /** Containers beside the step's own are named. */
  private static String name(Logged attempt, LogLine line) {
    String name = name(attempt, line.member());
    return switch (line.stream()) {
      case "stdout", "stderr" -> name;
      default -> name + ":" + line.stream();
    };
  }

  private static String name(Logged attempt, int member) {
    String name = attempt.task() + "/" + attempt.attempt();
    return member == 0 ? name : name + "#" + member;
  }
}
