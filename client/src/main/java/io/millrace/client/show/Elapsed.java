package io.millrace.client.show;

import java.time.Duration;
import java.time.Instant;

/** Lengths of time as people read them: the larger, the coarser. */
public final class Elapsed {
  private Elapsed() {}

  /** Such as {@code 0.4s}, {@code 12s}, {@code 3m05s}, {@code 2h03m} or {@code 4d07h}. */
  public static String text(Duration time) {
    long millis = Math.max(0, time.toMillis());
    long seconds = millis / 1000;
    if (millis < 10_000) {
      return "%d.%ds".formatted(seconds, millis % 1000 / 100);
    }
    if (seconds < 60) {
      return seconds + "s";
    }
    if (seconds < 3600) {
      return "%dm%02ds".formatted(seconds / 60, seconds % 60);
    }
    if (seconds < 86_400) {
      return "%dh%02dm".formatted(seconds / 3600, seconds / 60 % 60);
    }
    return "%dd%02dh".formatted(seconds / 86_400, seconds / 3600 % 24);
  }

  /** Empty when it has not begun. */
  public static String between(Instant from, Instant to) {
    return from == null || to == null ? "" : text(Duration.between(from, to));
  }
}
