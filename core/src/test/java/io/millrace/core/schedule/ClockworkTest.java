package io.millrace.core.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.events.flow.Triggers.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cron expressions on the clocks of zones, those of days on which the clocks change included. */
class ClockworkTest {
  private static Clockwork berlin(String... cron) {
    return Clockwork.of(new Times(List.of(cron), "Europe/Berlin"));
  }

  private static Clockwork utc(String... cron) {
    return Clockwork.of(new Times(List.of(cron), "UTC"));
  }

  private static List<String> next(Clockwork clock, String after, int count) {
    var times = new ArrayList<String>();
    Instant at = Instant.parse(after);
    for (int i = 0; i < count; i++) {
      at = clock.next(at).orElseThrow();
      times.add(at.toString());
    }
    return times;
  }

  @Test
  void aDaysTimeFollowsTheClocksOfItsZone() {
    assertThat(next(berlin("30 6 * * *"), "2026-03-27T12:00:00Z", 3))
        .containsExactly("2026-03-28T05:30:00Z", "2026-03-29T04:30:00Z", "2026-03-30T04:30:00Z");
  }

  @Test
  void anHourThatIsLeftOutIsMetAtTheChange() {
    for (String cron : List.of("30 2 * * *", "0 2 * * *")) {
      assertThat(next(berlin(cron), "2026-03-28T12:00:00Z", 1))
          .as(cron)
          .containsExactly("2026-03-29T01:00:00Z");
    }
    assertThat(next(berlin("30 2 * * *"), "2026-03-29T01:00:00Z", 1))
        .containsExactly("2026-03-30T00:30:00Z");
  }

  @Test
  void whatIsMetEachHourIsNotMadeUpFor() {
    assertThat(next(berlin("15 * * * *"), "2026-03-29T00:00:00Z", 2))
        .containsExactly("2026-03-29T00:15:00Z", "2026-03-29T01:15:00Z");
  }

  @Test
  void anHourThatComesTwiceIsMetOnce() {
    assertThat(next(berlin("30 2 * * *"), "2026-10-24T12:00:00Z", 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
  }

  @Test
  void whatIsRepeatedGoesOnThroughBothHours() {
    assertThat(next(berlin("*/30 * * * *"), "2026-10-25T00:00:00Z", 4))
        .containsExactly(
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z");
  }

  @Test
  void eitherDayIsEnough() {
    assertThat(next(utc("0 0 13 * 5"), "2026-11-28T00:00:00Z", 3))
        .containsExactly("2026-12-04T00:00:00Z", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z");
  }

  @Test
  void metaflowsOwnExpressionsAreRead() {
    assertThat(next(utc("0 * * * ?"), "2026-11-01T00:00:00Z", 1))
        .containsExactly("2026-11-01T01:00:00Z");
    assertThat(next(utc("0 0 * * ?"), "2026-11-01T00:00:00Z", 1))
        .containsExactly("2026-11-02T00:00:00Z");
    // A Sunday.
    assertThat(next(utc("0 0 ? * SUN"), "2026-11-02T00:00:00Z", 1))
        .containsExactly("2026-11-08T00:00:00Z");
    assertThat(next(utc("0 0 * * 0"), "2026-11-02T00:00:00Z", 1))
        .isEqualTo(next(utc("0 0 * * 7"), "2026-11-02T00:00:00Z", 1));
  }

  @Test
  void sixFieldsBeginWithTheSecond() {
    assertThat(next(utc("*/20 * * * * *"), "2026-11-01T00:00:00.500Z", 2))
        .containsExactly("2026-11-01T00:00:20Z", "2026-11-01T00:00:40Z");
  }

  @Test
  void ofSeveralExpressionsTheFirstCounts() {
    Clockwork clock = utc("0 6 * * *", "0 18 * * *");
    assertThat(next(clock, "2026-11-01T07:00:00Z", 2))
        .containsExactly("2026-11-01T18:00:00Z", "2026-11-02T06:00:00Z");
    assertThat(clock.last(Instant.parse("2026-11-01T18:00:00Z")))
        .hasValue(Instant.parse("2026-11-01T18:00:00Z"));
    assertThat(clock.last(Instant.parse("2026-11-01T17:59:59Z")))
        .hasValue(Instant.parse("2026-11-01T06:00:00Z"));
  }

  @Test
  void whatCannotBeReadIsNamedWithWhatIsExpected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> utc("99 0 * * *"))
        .withMessageContaining("'99 0 * * *'")
        .withMessageContaining("not in range [0, 59]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> utc("0 0 * *"))
        .withMessageContaining("has 4 fields; expected five");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Clockwork.of(new Times(List.of("0 0 * * *"), "Mars/Olympus")))
        .withMessageContaining("time zone 'Mars/Olympus' is not known");
    assertThat(utc("0 0 30 2 *").next(Instant.EPOCH)).isEmpty();
  }
}
