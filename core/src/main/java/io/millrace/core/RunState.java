package io.millrace.core;

import java.time.Instant;

/**
 * Where a run stands. The legal transitions are the methods of the state that they leave; {@code
 * run-states.md} beside this file draws them.
 */
public sealed interface RunState {

  /** How a run ended. */
  enum Result {
    SUCCEEDED,
    FAILED,
    CANCELLED,
    TIMED_OUT
  }

  /** Whether nothing more happens to the run. */
  default boolean isOver() {
    return false;
  }

  /** Tasks may still be decided about: the run goes on or may be resumed. */
  sealed interface Open extends RunState {
    default Ending end(Result result, String message) {
      return new Ending(result, message);
    }

    default Ended succeed(Instant at) {
      return new Ended(Result.SUCCEEDED, null, at, false);
    }
  }

  /** Launching what becomes ready. */
  record Running() implements Open {
    Suspended suspend() {
      return new Suspended();
    }
  }

  /** Launching nothing; what runs goes on. */
  record Suspended() implements Open {
    Running resume() {
      return new Running();
    }
  }

  /** Its result is known; what still runs is being stopped. */
  record Ending(Result result, String message) implements RunState {
    Ended over(Instant at) {
      return new Ended(result, message, at, false);
    }
  }

  /**
   * Nothing of it runs.
   *
   * @param message why, for people; null for a success
   * @param archived whether its tasks are kept elsewhere
   */
  record Ended(Result result, String message, Instant at, boolean archived) implements RunState {
    @Override
    public boolean isOver() {
      return true;
    }

    Ended archive() {
      return new Ended(result, message, at, true);
    }
  }
}
