package io.millrace.client.show;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where the output goes. */
public interface Terminal {

  /**
   * How much a terminal shows.
   *
   * @param columns of characters
   * @param rows of lines
   */
  record Size(int columns, int rows) {}

  /** Its size at this moment; empty when the output goes into a pipe or a file. */
  Optional<Size> size();

  /** A pipe or a file. */
  static Terminal none() {
    return Optional::empty;
  }

  /**
   * This process's standard output. A shell is asked, which knows both whether it is a terminal and
   * how large: Java tells neither before version 22.
   */
  static Terminal ofThisProcess() {
    return Terminal::ask;
  }

  private static Optional<Size> ask() {
    // stdout is the very thing asked about, so the answer comes by stderr.
    var question =
        new ProcessBuilder("sh", "-c", "[ -t 1 ] && stty size </dev/tty >&2")
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    try {
      Process shell = question.start();
      shell.getOutputStream().close();
      try (var answer =
          new BufferedReader(
              new InputStreamReader(shell.getErrorStream(), StandardCharsets.US_ASCII))) {
        String line = answer.readLine();
        boolean isTerminal = shell.waitFor() == 0;
        return isTerminal ? Optional.of(parse(line)) : Optional.empty();
      }
    } catch (IOException noShell) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Size parse(String rowsAndColumns) {
    if (rowsAndColumns != null && rowsAndColumns.matches("\\d{1,5} \\d{1,5}")) {
      String[] parts = rowsAndColumns.split(" ");
      var size = new Size(Integer.parseInt(parts[1]), Integer.parseInt(parts[0]));
      // Terminals that do not know their size say 0 0.
      return size.columns() > 0 && size.rows() > 0 ? size : new Size(80, 24);
    }
    return new Size(80, 24);
  }
}
