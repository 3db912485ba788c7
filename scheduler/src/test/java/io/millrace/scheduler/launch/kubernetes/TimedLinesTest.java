package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.scheduler.launch.kubernetes.TimedLines.Timed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kubelet's times before lines, as positions. */
class TimedLinesTest {
  private static final String SECOND = "2026-01-02T03:04:05.";
  private static final long NANOS =
      Instant.parse("2026-01-02T03:04:05Z").getEpochSecond() * 1_000_000_000L;

  private static List<Timed> read(String log) throws IOException {
    var all = new ArrayList<Timed>();
    try (var lines =
        new TimedLines(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)))) {
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        all.add(line.get());
      }
    }
    return all;
  }

  @Test
  void aLineIsItsTimeAndItsText() throws IOException {
    assertThat(read(SECOND + "000000007Z one two\n" + SECOND + "5Z\u0020\n"))
        .containsExactly(new Timed(NANOS + 7, "one two"), new Timed(NANOS + 500_000_000, ""));
  }

  @Test
  void linesOfTheSameMomentHaveDifferentPositions() throws IOException {
    String same = SECOND + "000000007Z ";
    assertThat(read(same + "a\n" + same + "b\n" + same + "c"))
        .extracting(Timed::position)
        .containsExactly(NANOS + 7, NANOS + 8, NANOS + 9);
  }

  @Test
  void whatHasNoTimeIsTheKubeletsOwn() throws IOException {
    assertThat(read("unable to retrieve container logs\n"))
        .containsExactly(new Timed(1, "unable to retrieve container logs"));
    assertThat(read("")).isEmpty();
  }

  @Test
  void aLongLineComesInPiecesThatCutNoCharacter() throws IOException {
    String text = "x".repeat(TimedLines.LONGEST - 31) + "€€" + "y".repeat(100);
    List<Timed> pieces = read(SECOND + "000000007Z " + text + "\n" + SECOND + "1Z next\n");
    assertThat(pieces).hasSize(3);
    assertThat(pieces.get(0).text() + pieces.get(1).text()).isEqualTo(text);
    assertThat(pieces.get(1).position()).isEqualTo(NANOS + 8);
    assertThat(pieces.get(2)).isEqualTo(new Timed(NANOS + 100_000_000, "next"));
  }
}
