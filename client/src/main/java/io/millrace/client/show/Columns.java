package io.millrace.client.show;

/** How many columns of a terminal a text takes, and texts cut and filled to that measure. */
final class Columns {
  private Columns() {}

  static int of(String text) {
    return text.codePoints().map(Columns::of).sum();
  }

  /** A text without what would move the cursor or hide other text. */
  static String harmless(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The beginning of a text that fits, with a mark where it was cut. */
  static String cut(String text, int most, String mark) {
    if (of(text) <= most) {
      return text;
    }
    int room = most - of(mark);
    var kept = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      used += of(c);
      if (used > room) {
        break;
      }
      kept.appendCodePoint(c);
    }
    return room < 0 ? "" : kept.append(mark).toString();
  }

  static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - of(text)));
  }

  /** East Asian wide characters and pictures take two, marks that combine none. */
  private static int of(int c) {
    if (c < 0x300) {
      return 1;
    }
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    boolean wide =
        in(c, 0x1100, 0x115F)
            || in(c, 0x2E80, 0xA4CF)
            || in(c, 0xAC00, 0xD7A3)
            || in(c, 0xF900, 0xFAFF)
            || in(c, 0xFE30, 0xFE6F)
            || in(c, 0xFF00, 0xFF60)
            || in(c, 0xFFE0, 0xFFE6)
            || in(c, 0x1F300, 0x1FAFF)
            || in(c, 0x20000, 0x3FFFD);
    return wide ? 2 : 1;
  }

  private static boolean in(int c, int from, int to) {
    return c >= from && c <= to;
  }
}
