package io.millrace.events.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DurationsTest {

  @Test
  void asPeopleWriteThem() {
    assertThat(Durations.parse("90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(Durations.parse(" 1h30m ")).isEqualTo(Duration.ofMinutes(90));
    assertThat(Durations.parse("2d")).isEqualTo(Duration.ofDays(2));
    assertThat(Durations.parse("5m")).isEqualTo(Duration.ofMinutes(5));
    assertThat(Durations.parse("250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(Durations.parse("1d1h1m1s1ms")).isEqualTo(Duration.ofMillis(90_061_001));
    assertThat(Durations.parse("PT1.5S")).isEqualTo(Duration.ofMillis(1500));
    assertThat(Durations.parse("3650d")).isEqualTo(Durations.LONGEST);
  }

  @Test
  void whatIsNone() {
    for (String wrong :
        List.of("", " ", "5", "s", "5 m", "m5", "1m1h", "-5s", "1.5h", "PT", "soon", "9999999d")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Durations.parse(wrong))
          .withMessageContaining("found '" + wrong + "'");
    }
    for (String wrong : List.of("0s", "PT0S", "PT-5S")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Durations.parse(wrong))
          .withMessage("expected a duration longer than zero, found '" + wrong + "'");
    }
    for (String wrong : List.of("3651d", "3650d1ms", "PT2562047788015215H")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Durations.parse(wrong))
          .withMessage("expected a duration of at most 3650d, found '" + wrong + "'");
    }
  }
}
