package io.millrace.client.show;

import io.millrace.client.show.Style.Tone;
import java.util.ArrayList;
import java.util.List;

/** Rows under headings, each column as wide as its widest cell. */
public final class Table {
  private record Cell(Tone tone, String text) {}

  private final List<String> headings;
  private final List<List<Cell>> rows = new ArrayList<>();

  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  /** A row that is filled from the left. */
  public final class Row {
    private final List<Cell> cells = new ArrayList<>();

    public Row cell(String text) {
      return cell(Tone.NORMAL, text);
    }

    public Row cell(Tone tone, String text) {
      cells.add(new Cell(tone, Columns.harmless(text)));
      return this;
    }
  }

  public Row row() {
    var row = new Row();
    rows.add(row.cells);
    return row;
  }

  public List<String> lines(Style style) {
    int[] starts = starts();
    var lines = new ArrayList<String>();
    var head = new Line();
    for (int i = 0; i < headings.size(); i++) {
      head.to(starts[i]).add(Tone.FAINT, headings.get(i));
    }
    lines.add(head.text(style));
    for (List<Cell> cells : rows) {
      var line = new Line();
      for (int i = 0; i < cells.size(); i++) {
        line.to(starts[i]).add(cells.get(i).tone(), cells.get(i).text());
      }
      lines.add(line.text(style));
    }
    return lines;
  }

  private int[] starts() {
    var starts = new int[headings.size() + 1];
    for (int i = 0; i < headings.size(); i++) {
      int widest = Columns.of(headings.get(i));
      for (List<Cell> cells : rows) {
        widest = Math.max(widest, cells.size() > i ? Columns.of(cells.get(i).text()) : 0);
      }
      starts[i + 1] = starts[i] + widest + 2;
    }
    return starts;
  }
}
