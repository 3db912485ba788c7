package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * Names one immutable flow definition: {@code name@sha256} of its canonical JSON.
 *
 * @param name the flow's name
 * @param digest 64 hexadecimal digits
 */
public record FlowRef(String name, String digest) implements Comparable<FlowRef> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,127}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

  public FlowRef {
    if (!isValidName(name)) {
      throw new IllegalArgumentException(
          "flow name '%s' must start with a letter and hold letters, digits, '_', '-' and '.' only"
              .formatted(name));
    }
    if (digest == null || !DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException(
          "flow digest '%s' is not a SHA-256 in hexadecimal".formatted(digest));
    }
  }

  /** Whether a text can be a flow's name. */
  public static boolean isValidName(String name) {
    return name != null && NAME.matcher(name).matches();
  }

  /**
   * Reads {@code name@sha256}.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  @JsonCreator
  public static FlowRef parse(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      throw new IllegalArgumentException("'%s' is not of the form name@sha256".formatted(text));
    }
    return new FlowRef(text.substring(0, at), text.substring(at + 1));
  }

  @Override
  public int compareTo(FlowRef other) {
    int byName = name.compareTo(other.name);
    return byName != 0 ? byName : digest.compareTo(other.digest);
  }

  @JsonValue
  @Override
  public String toString() {
    return name + "@" + digest;
  }
}
