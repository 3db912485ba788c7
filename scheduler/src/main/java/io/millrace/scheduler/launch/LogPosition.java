package io.millrace.scheduler.launch;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How far the lines of an attempt have been read. Its text goes into URLs and SSE ids: {@code
 * out:123,err:45}, {@code out.2:17} for member 2 of a gang, and {@code +proxy:8} for the container
 * {@code proxy} beside the step's own.
 *
 * @param offsets of the last line read, by stream; 0 where there is none
 */
public record LogPosition(Map<String, Long> offsets) {
  /** The beginning. */
  public static final LogPosition START = new LogPosition(Map.of());

  private static final Pattern PART =
      Pattern.compile("((?:out|err|\\+[a-z0-9-]{1,63})(?:\\.[1-9]\\d{0,5})?):(\\d{1,19})");

  public LogPosition {
    offsets = Map.copyOf(offsets);
  }

  /**
   * Reads the text form; an empty text is the beginning.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static LogPosition parse(String text) {
    var offsets = new TreeMap<String, Long>();
    for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      Matcher matcher = PART.matcher(part);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "position '%s' is not of the form out:123,err:45; leave it out to begin at the start"
                .formatted(text));
      }
      offsets.put(matcher.group(1), Long.parseUnsignedLong(matcher.group(2)) & Long.MAX_VALUE);
    }
    return new LogPosition(offsets);
  }

  /** The position after a line has been read too. */
  public LogPosition after(LogLine line) {
    var further = new TreeMap<>(offsets);
    further.put(key(line.stream(), line.member()), line.position());
    return new LogPosition(further);
  }

  /** Where to go on in a stream. */
  public long offset(String stream, int member) {
    return offsets.getOrDefault(key(stream, member), 0L);
  }

  private static String key(String stream, int member) {
    String name =
        switch (stream) {
          case LogLine.STDOUT -> "out";
          case LogLine.STDERR -> "err";
          default -> "+" + stream;
        };
    return name + (member == 0 ? "" : "." + member);
  }

  @Override
  public String toString() {
    return new TreeMap<>(offsets)
        .descendingMap().entrySet().stream()
            .map(offset -> offset.getKey() + ":" + offset.getValue())
            .collect(Collectors.joining(","));
  }
}
