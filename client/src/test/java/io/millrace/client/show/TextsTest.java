package io.millrace.client.show;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.Cause;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextsTest {

  @Test
  void timesGetCoarserAsTheyGrow() {
    assertThat(List.of(0L, 440L, 9_999L, 12_000L, 185_000L, 7_380_000L, 370_800_000L))
        .extracting(millis -> Elapsed.text(Duration.ofMillis(millis)))
        .containsExactly("0.0s", "0.4s", "9.9s", "12s", "3m05s", "2h03m", "4d07h");
  }

  @Test
  void causesDoNotSayTheirExitCodeTwice() {
    assertThat(FailedTask.text(Cause.userError(3, "no\nmemory")))
        .isEqualTo("user-error, exit code 3: no memory");
    assertThat(FailedTask.text(Cause.userError(3, "exit code 3; stderr ends: no memory")))
        .isEqualTo("user-error: exit code 3; stderr ends: no memory");
    assertThat(FailedTask.text(Cause.of(Cause.Kind.LOST, null))).isEqualTo("lost");
    assertThat(FailedTask.text(null)).isEqualTo("no cause is known");
  }

  @Test
  void columnsKnowWideCharactersAndMarks() {
    assertThat(Columns.of("abc")).isEqualTo(3);
    assertThat(Columns.of("日本")).isEqualTo(4);
    assertThat(Columns.of("e\u0301")).isEqualTo(1);
    assertThat(Columns.of("✓…█")).isEqualTo(3);
    assertThat(Columns.cut("日本語", 5, "…")).isEqualTo("日本…");
  }

  @Test
  void tablesAlignTheirColumns() {
    var table = new Table("A", "LONG HEADING", "C");
    table.row().cell("x").cell("y").cell("z");
    table.row().cell("longer").cell("日本").cell("");
    assertThat(table.lines(Style.PLAIN))
        .containsExactly("A       LONG HEADING  C", "x       y             z", "longer  日本");
  }

  @Test
  void screensAreRedrawnInPlace() {
    var text = new StringWriter();
    var screen = new Screen(new PrintWriter(text));
    screen.draw(List.of("one", "two"));
    screen.draw(List.of("three"));
    assertThat(text.toString())
        .isEqualTo("one\u001b[K\ntwo\u001b[K\n\u001b[J" + "\u001b[2A\rthree\u001b[K\n\u001b[J");
  }

  @Test
  void coloursAreOffWhereTheyAreNotWanted() {
    assertThat(Style.of(Map.of(), true, false).colour()).isTrue();
    assertThat(Style.of(Map.of("NO_COLOR", "1"), true, false).colour()).isFalse();
    assertThat(Style.of(Map.of("TERM", "dumb"), true, false).colour()).isFalse();
    assertThat(Style.of(Map.of(), true, true).colour()).isFalse();
    assertThat(Style.of(Map.of(), false, false).colour()).isFalse();
    assertThat(Style.of(Map.of("LANG", "de_DE.UTF-8"), true, false).unicode()).isTrue();
    assertThat(Style.of(Map.of("LANG", "C"), true, false).unicode()).isFalse();
  }
}
