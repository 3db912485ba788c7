package io.millrace.scheduler.launch.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.scheduler.launch.LogLine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineReaderTest {
  @TempDir Path folder;

  private List<LogLine> lines(byte[] content, long from, boolean over) throws Exception {
    Path file = Files.write(folder.resolve("f"), content);
    var lines = new ArrayList<LogLine>();
    try (var reader = new LineReader(file, "stdout", 0, from)) {
      for (Optional<LogLine> line = reader.next(over); line.isPresent(); line = reader.next(over)) {
        lines.add(line.get());
      }
    }
    return lines;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void linesHaveTheOffsetOfTheNext() throws Exception {
    assertThat(lines(bytes("a\n\näö\r\nrest"), 0, true))
        .containsExactly(
            new LogLine("stdout", 0, 2, "a"),
            new LogLine("stdout", 0, 3, ""),
            new LogLine("stdout", 0, 9, "äö"),
            new LogLine("stdout", 0, 13, "rest"));
    assertThat(lines(bytes("a\nb\n"), 2, true)).extracting(LogLine::text).containsExactly("b");
  }

  @Test
  void whatIsStillBeingWrittenIsNoLineYet() throws Exception {
    assertThat(lines(bytes("a\nb"), 0, false)).extracting(LogLine::text).containsExactly("a");
    Path file = folder.resolve("f");
    try (var reader = new LineReader(file, "stderr", 3, 2)) {
      assertThat(reader.next(false)).isEmpty();
      Files.write(file, bytes("c\n"), StandardOpenOption.APPEND);
      assertThat(reader.next(false)).contains(new LogLine("stderr", 3, 5, "bc"));
    }
  }

  @Test
  void whatIsNoUtf8IsReplaced() throws Exception {
    assertThat(lines(new byte[] {'a', (byte) 0xff, '\n'}, 0, true))
        .extracting(LogLine::text)
        .containsExactly("a\ufffd");
  }

  @Test
  void longLinesAreCutBetweenCharacters() throws Exception {
    int longest = LineReader.LONGEST;
    String text = "x".repeat(longest - 1) + "ä" + "y".repeat(longest) + "\nnext\n";
    List<LogLine> lines = lines(bytes(text), 0, true);
    assertThat(lines)
        .extracting(line -> line.text().length())
        .containsExactly(longest - 1, longest - 1, 2, 4);
    assertThat(lines.get(1).text()).startsWith("äy");
    assertThat(lines(bytes("z".repeat(longest) + "\n"), 0, true)).hasSize(1);
  }

  @Test
  void fileThatIsNotThereHasNoLines() throws Exception {
    try (var reader = new LineReader(folder.resolve("none"), "stdout", 0, 0)) {
      assertThat(reader.next(true)).isEmpty();
    }
  }
}
