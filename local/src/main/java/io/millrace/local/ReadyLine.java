package io.millrace.local;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The one line by which a process says that it is ready and where: {@code READY
 * broker=127.0.0.1:20123 s3=http://…}. Its parent waits for the line instead of asking again and
 * again.
 *
 * @param addresses in the order of the line; neither names nor addresses contain spaces
 */
public record ReadyLine(Map<String, String> addresses) {
  private static final String WORD = "READY ";

  public ReadyLine {
    addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses));
  }

  /** The line's content, or empty if it is any other line of output. */
  public static Optional<ReadyLine> parse(String line) {
    if (!line.startsWith(WORD)) {
      return Optional.empty();
    }
    var addresses = new LinkedHashMap<String, String>();
    for (String pair : line.substring(WORD.length()).strip().split(" +")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        addresses.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return Optional.of(new ReadyLine(addresses));
  }

  /**
   * The address of that name.
   *
   * @throws IllegalArgumentException if the line does not have it
   */
  public String address(String name) {
    String address = addresses.get(name);
    if (address == null) {
      throw new IllegalArgumentException(
          "expected %s= in the line, found: %s".formatted(name, this));
    }
    return address;
  }

  /** The line as it is printed. */
  @Override
  public String toString() {
    return WORD
        + addresses.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(" "));
  }
}
