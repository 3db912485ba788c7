package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentDeathsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void manyWithinTheSpanAreTooMany() {
    var deaths = new RecentDeaths(3, Duration.ofMinutes(1));

    assertThat(deaths.isOneTooMany(START)).isFalse();
    assertThat(deaths.isOneTooMany(START.plusSeconds(10))).isFalse();
    assertThat(deaths.isOneTooMany(START.plusSeconds(60))).isTrue();
  }

  @Test
  void oldOnesAreForgotten() {
    var deaths = new RecentDeaths(2, Duration.ofMinutes(1));

    assertThat(deaths.isOneTooMany(START)).isFalse();
    assertThat(deaths.isOneTooMany(START.plusSeconds(61))).isFalse();
  }
}
