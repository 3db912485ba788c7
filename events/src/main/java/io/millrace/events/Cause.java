package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Why an attempt failed.
 *
 * @param kind the class, which decides about retries
 * @param exitCode the exit status of the step's process; null when there was none
 * @param message what a person needs to know, never null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Cause(Kind kind, Integer exitCode, String message) {

  /** The longest message kept; the end is cut. */
  public static final int MAX_MESSAGE = 2000;

  public Cause {
    if (kind == null) {
      throw new IllegalArgumentException("a cause needs a kind");
    }
    message = message == null ? kind.toString() : message;
    if (message.length() > MAX_MESSAGE) {
      message = message.substring(0, MAX_MESSAGE - 1) + "…";
    }
  }

  public static Cause of(Kind kind, String message) {
    return new Cause(kind, null, message);
  }

  /** The step's own code ended with a non-zero exit status. */
  public static Cause userError(int exitCode, String message) {
    return new Cause(Kind.USER_ERROR, exitCode, message);
  }

  /** Whose failure it is, and so which retry budget pays. */
  public enum Budget {
    USER,
    INFRASTRUCTURE,
    /** Trying again cannot help or is not wanted. */
    NEVER
  }

  /** The classes of failure. */
  public enum Kind {
    USER_ERROR("user-error", Budget.USER),
    OOM_KILLED("oom-killed", Budget.USER),
    TIMEOUT("timeout", Budget.USER),
    EVICTED("evicted", Budget.INFRASTRUCTURE),
    PREEMPTED("preempted", Budget.INFRASTRUCTURE),
    NODE_LOST("node-lost", Budget.INFRASTRUCTURE),
    IMAGE_PULL("image-pull", Budget.INFRASTRUCTURE),
    UNSCHEDULABLE("unschedulable", Budget.INFRASTRUCTURE),
    REJECTED("rejected", Budget.NEVER),
    CANCELLED("cancelled", Budget.NEVER),
    LOST("lost", Budget.INFRASTRUCTURE);

    private final String text;
    private final Budget budget;

    Kind(String text, Budget budget) {
      this.text = text;
      this.budget = budget;
    }

    public Budget budget() {
      return budget;
    }

    /**
     * @throws IllegalArgumentException when the text names no kind
     */
    @JsonCreator
    public static Kind parse(String text) {
      for (Kind kind : values()) {
        if (kind.text.equals(text)) {
          return kind;
        }
      }
      throw new IllegalArgumentException("'" + text + "' is no cause of failure");
    }

    @JsonValue
    @Override
    public String toString() {
      return text;
    }
  }
}
