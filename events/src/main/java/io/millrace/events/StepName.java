package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Names a node of a flow's graph.
 *
 * @param value an identifier as Python has them, at most 128 characters; the absence of {@code -}
 *     and {@code .} keeps {@link TaskId}'s text unambiguous
 */
public record StepName(String value) implements Comparable<StepName> {
  public StepName {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "step name '%s' is not an identifier (letters, digits and '_', not starting with a digit)"
              .formatted(value));
    }
  }

  /** Whether a text can be a step's name. */
  public static boolean isValid(String value) {
    if (value == null || value.isEmpty() || value.length() > 128 || Text.isDigit(value.charAt(0))) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!Text.isLetter(c) && !Text.isDigit(c) && c != '_') {
        return false;
      }
    }
    return true;
  }

  @JsonCreator
  public static StepName of(String value) {
    return new StepName(value);
  }

  @Override
  public int compareTo(StepName other) {
    return value.compareTo(other.value);
  }

  @JsonValue
  @Override
  public String toString() {
    return value;
  }
}
