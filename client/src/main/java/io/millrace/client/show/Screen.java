package io.millrace.client.show;

import java.io.PrintWriter;
import java.util.List;

/**
 * The lines at the end of a terminal's output, redrawn in place. Between two drawings nothing else
 * may be written to the terminal; {@link #clear} makes room for that.
 */
public final class Screen {
  private static final String UP = "\u001b[%dA\r";
  private static final String TO_LINE_END = "\u001b[K";
  private static final String TO_SCREEN_END = "\u001b[J";

  private final PrintWriter out;
  private int drawn;

  public Screen(PrintWriter out) {
    this.out = out;
  }

  /** Replaces what was drawn before. In one write, so that nothing flickers. */
  public void draw(List<String> lines) {
    var text = new StringBuilder(back());
    for (String line : lines) {
      text.append(line).append(TO_LINE_END).append('\n');
    }
    text.append(TO_SCREEN_END);
    out.print(text);
    out.flush();
    drawn = lines.size();
  }

  /** Takes away what was drawn. */
  public void clear() {
    out.print(back() + TO_SCREEN_END);
    out.flush();
    drawn = 0;
  }

  /** Leaves what was drawn where it is. */
  public void keep() {
    drawn = 0;
  }

  private String back() {
    return drawn == 0 ? "" : UP.formatted(drawn);
  }
}
