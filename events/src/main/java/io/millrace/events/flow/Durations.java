package io.millrace.events.flow;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 90s}, {@code 5m}, {@code 1h30m}, {@code 2d} or ISO 8601.
 */
public final class Durations {
  private static final Pattern SHORT =
      Pattern.compile(
          "(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,9})s)?(?:(\\d{1,9})ms)?");

  /** Longer ones are taken for mistakes; they would lead beyond what instants can hold. */
  public static final Duration LONGEST = Duration.ofDays(3650);

  private Durations() {}

  /**
   * @throws IllegalArgumentException when the text is no duration or not longer than zero, or
   *     longer than {@link #LONGEST}
   */
  public static Duration parse(String text) {
    Matcher parts = SHORT.matcher(text.trim());
    Duration result;
    if (!text.isBlank() && parts.matches()) {
      result =
          Duration.ofDays(part(parts, 1))
              .plusHours(part(parts, 2))
              .plusMinutes(part(parts, 3))
              .plusSeconds(part(parts, 4))
              .plusMillis(part(parts, 5));
    } else {
      result = iso(text);
    }
    if (result.isNegative() || result.isZero()) {
      throw new IllegalArgumentException(
          "expected a duration longer than zero, found '" + text + "'");
    }
    if (result.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "expected a duration of at most %dd, found '%s'".formatted(LONGEST.toDays(), text));
    }
    return result;
  }

  private static long part(Matcher parts, int group) {
    return parts.group(group) == null ? 0 : Long.parseLong(parts.group(group));
  }

  private static Duration iso(String text) {
    try {
      return Duration.parse(text.trim());
    } catch (DateTimeParseException unreadable) {
      throw new IllegalArgumentException(
          "expected a duration such as 90s, 5m, 1h30m or PT5M, found '" + text + "'", unreadable);
    }
  }
}
