package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Where a run or a task stands, in the words of Metaflow's user interface. */
public enum Standing {
  /** It waits for a place. */
  PENDING,
  RUNNING,
  COMPLETED,
  FAILED,
  /** Nobody has told anything of it yet. */
  UNKNOWN;

  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What Millrace's state of a run or a task means; the states are those that the public events
   * lead to.
   *
   * @param state as the history has it
   */
  static Standing ofEngine(String state) {
    return switch (state) {
      case "ordered", "deferred", "pending" -> PENDING;
      case "running", "suspended", "retrying" -> RUNNING;
      case "succeeded" -> COMPLETED;
      case "failed", "cancelled", "timed-out" -> FAILED;
      default -> UNKNOWN;
    };
  }

  /** Whether nothing more happens. */
  boolean isOver() {
    return this == COMPLETED || this == FAILED;
  }

  /**
   * What can be told of something that Millrace does not run.
   *
   * @param ok what Metaflow said at its end; null when it has not, or has begun again since
   * @param lastHeartbeat in seconds since 1970; null when there was none
   * @param patience after which silence means death
   */
  static Standing told(Boolean ok, Long lastHeartbeat, Instant now, Duration patience) {
    if (ok != null) {
      return ok ? COMPLETED : FAILED;
    }
    if (lastHeartbeat == null) {
      return UNKNOWN;
    }
    return Instant.ofEpochSecond(lastHeartbeat).plus(patience).isAfter(now) ? RUNNING : FAILED;
  }
}
