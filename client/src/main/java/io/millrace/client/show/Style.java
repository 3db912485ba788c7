package io.millrace.client.show;

import java.util.Locale;
import java.util.Map;

/**
 * How things look.
 *
 * @param colour whether ANSI colours are written
 * @param unicode whether signs beyond ASCII can be shown
 */
public record Style(boolean colour, boolean unicode) {
  public static final Style PLAIN = new Style(false, false);

  /** What a span of text is, which decides its colour. */
  public enum Tone {
    NORMAL(""),
    STRONG("1"),
    FAINT("2"),
    GOOD("32"),
    BAD("31"),
    BUSY("36"),
    WARNING("33");

    private final String code;

    Tone(String code) {
      this.code = code;
    }
  }

  /** What fits the environment: {@code NO_COLOR} of any value turns colours off. */
  public static Style of(Map<String, String> environment, boolean terminal, boolean noColour) {
    boolean off = noColour || !environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    return new Style(terminal && !off && !dumb, isUnicode(environment));
  }

  private static boolean isUnicode(Map<String, String> environment) {
    for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty()) {
        return value.toUpperCase(Locale.ROOT).replace("-", "").contains("UTF8");
      }
    }
    return false;
  }

  /** A text in its colour. */
  public String paint(Tone tone, String text) {
    return colour && tone != Tone.NORMAL && !text.isEmpty()
        ? "\u001b[" + tone.code + "m" + text + "\u001b[0m"
        : text;
  }

  String sign(String unicodeSign, String asciiSign) {
    return unicode ? unicodeSign : asciiSign;
  }
}
