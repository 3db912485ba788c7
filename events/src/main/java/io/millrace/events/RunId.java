package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Names one execution of a flow. It is also the Kafka key of everything about the run.
 *
 * @param value 1 to 63 lower-case letters, digits and {@code -}, starting with a letter: it becomes
 *     part of file names, object keys, labels and host names. Never a bare number, because Metaflow
 *     takes integers for ids that its own service handed out
 */
public record RunId(String value) implements Comparable<RunId> {
  private static final String FORM = "[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?";

  public RunId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "run id '%s' is not of the form %s (letters a-z, digits and '-', starting with a letter, at most 63)"
              .formatted(value, FORM));
    }
  }

  private static boolean isValid(String value) {
    if (value == null
        || value.isEmpty()
        || value.length() > 63
        || !Text.isLowerCase(value.charAt(0))
        || value.endsWith("-")) {
      return false;
    }
    for (int i = 1; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!Text.isLowerCase(c) && !Text.isDigit(c) && c != '-') {
        return false;
      }
    }
    return true;
  }

  @JsonCreator
  public static RunId of(String value) {
    return new RunId(value);
  }

  /**
   * The run that a request asks for when it names none: derived from the request's identity, so
   * that publishing it twice gives one run.
   */
  public static RunId derived(String source, String id) {
    return new RunId("r" + Digests.sha256(source + "\n" + id).substring(0, 20));
  }

  @Override
  public int compareTo(RunId other) {
    return value.compareTo(other.value);
  }

  @JsonValue
  @Override
  public String toString() {
    return value;
  }
}
