package io.millrace.events.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Texts that are no flow documents, or hardly: each is read or refused in words. */
class HostileTextTest {
  private static final int TEXTS = 30_000;

  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ": ",
          ",",
          "- ",
          "\n",
          "  ",
          "\t",
          "'",
          "\"",
          "|",
          ">",
          "&a",
          "*a",
          "!!binary x",
          "!!int x",
          "!!set",
          "<<: *a",
          "%YAML 9",
          "---",
          "...",
          "#",
          "?",
          "0x",
          "0b",
          "0o9",
          "1_",
          "_1",
          "-_",
          "1e999999",
          "1:60:60",
          ".inf",
          ".nan",
          "~",
          "null",
          "2026-01-01",
          "\u0000",
          "\ud800",
          "\ufeff",
          "\u2028",
          "é",
          "steps",
          "name: ",
          "next: ");

  @Test
  void noTextIsTooStrange() {
    long seed = Long.getLong("millrace.seed", System.nanoTime());
    var random = new SplittableRandom(seed);
    for (int i = 0; i < TEXTS; i++) {
      String text = text(random);
      try {
        FlowDocumentReader.read(FlowDocuments.parse(text), new ArrayList<>());
      } catch (InvalidFlowException refused) {
        assertThat(refused.problems()).isNotEmpty();
      } catch (RuntimeException | Error wrong) {
        throw new AssertionError("-Dmillrace.seed=" + seed + ": " + text, wrong);
      }
    }
  }

  private static String text(SplittableRandom random) {
    var text = new StringBuilder(random.nextBoolean() ? FlowDocumentReaderTest.FULL : "");
    for (int i = random.nextInt(1, 12); i > 0; i--) {
      int at = random.nextInt(text.length() + 1);
      if (random.nextInt(4) == 0) {
        text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
      } else {
        text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString();
  }

  @Test
  void namesForOtherPlacesDoNotMultiply() {
    var text = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 60; i++) {
      text.append("a%d: &a%d [*a%d, *a%d]%n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(FlowDocuments.parse(text.toString()).toString()).hasSizeLessThan(10_000);
  }
}
