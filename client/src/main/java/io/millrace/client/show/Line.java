package io.millrace.client.show;

import io.millrace.client.show.Style.Tone;
import java.util.ArrayList;
import java.util.List;

/** A line in the making: spans of text, each in its tone, that know their width without colours. */
final class Line {
  private record Span(Tone tone, String text) {}

  private final List<Span> spans = new ArrayList<>();

  Line add(String text) {
    return add(Tone.NORMAL, text);
  }

  Line add(Tone tone, String text) {
    spans.add(new Span(tone, Columns.harmless(text)));
    return this;
  }

  /** Fills up with spaces to a column. */
  Line to(int column) {
    int missing = column - width();
    return missing > 0 ? add(" ".repeat(missing)) : this;
  }

  int width() {
    return spans.stream().mapToInt(span -> Columns.of(span.text())).sum();
  }

  /** The line in its colours, cut where the screen ends. */
  String text(Style style, int columns) {
    var text = new StringBuilder();
    int room = columns;
    boolean whole = width() <= columns;
    for (int i = 0; i < spans.size() && room > 0; i++) {
      Span span = spans.get(i);
      int width = Columns.of(span.text());
      boolean fits = whole || width < room;
      String kept =
          fits ? span.text() : Columns.cut(span.text() + "  ", room, style.sign("…", "~"));
      text.append(style.paint(span.tone(), kept));
      room -= fits ? width : room;
    }
    return text.toString().stripTrailing();
  }

  String text(Style style) {
    return text(style, Integer.MAX_VALUE);
  }
}
