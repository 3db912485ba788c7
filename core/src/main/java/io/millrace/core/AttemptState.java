package io.millrace.core;

import io.millrace.events.Cause;
import java.time.Instant;

/**
 * Where a task's current attempt stands. The legal transitions are the methods of the state that
 * they leave; {@code attempt-states.md} beside this file draws them.
 */
public sealed interface AttemptState {

  /** When the engine has to look at the attempt again by itself; null for never. */
  default Instant deadline() {
    return null;
  }

  /** Whether it counts against the limits of parallel tasks. */
  default boolean holdsSlot() {
    return false;
  }

  /** Whether nothing more happens to the task. */
  default boolean isOver() {
    return false;
  }

  /** Ready to be ordered as soon as the limits allow. */
  record Waiting() implements AttemptState {
    Ordered order(Instant notAfter) {
      return new Ordered(notAfter);
    }
  }

  /** The last attempt failed; the next one waits for its time. */
  record BackingOff(Instant until) implements AttemptState {
    @Override
    public Instant deadline() {
      return until;
    }

    Waiting due() {
      return new Waiting();
    }
  }

  /** Something of the attempt may exist outside the engine. */
  sealed interface Active extends AttemptState {
    @Override
    default boolean holdsSlot() {
      return true;
    }

    /** Its end has been asked for. */
    default Stopping stop(Cause cause, Instant repeatAt) {
      return new Stopping(cause, repeatAt);
    }

    default Done succeed(Instant at) {
      return new Done(at);
    }

    default Failed fail(Cause cause, Instant at) {
      return new Failed(cause, at);
    }

    default BackingOff retry(Instant until) {
      return new BackingOff(until);
    }

    default Waiting retryNow() {
      return new Waiting();
    }
  }

  /** Not yet seen running. */
  sealed interface Starting extends Active {
    default Pending pending(String reason, String message) {
      return new Pending(reason, message);
    }

    default Running run(Instant since, Instant timeoutAt) {
      return new Running(since, timeoutAt);
    }
  }

  /** Not yet seen at all. */
  sealed interface Unseen extends Starting {
    default Launched launched() {
      return new Launched();
    }

    /** The same attempt once more: harmless where the first order did arrive. */
    default Ordered orderAgain(Instant notAfter) {
      return new Ordered(notAfter);
    }

    default Deferred defer(Instant until, String message) {
      return new Deferred(until, message);
    }

    /** The run is suspended: the same attempt once more, but not before it goes on. */
    default Deferred holdBack() {
      return new Deferred(null, "the run is suspended");
    }
  }

  /** The order is out. When no answer came before it lost its force, it is sent again. */
  record Ordered(Instant notAfter) implements Unseen {
    @Override
    public Instant deadline() {
      return notAfter;
    }
  }

  /**
   * The launcher could not launch it then; the same attempt is ordered again.
   *
   * @param until null for when the suspended run goes on
   */
  record Deferred(Instant until, String message) implements Unseen {
    @Override
    public Instant deadline() {
      return until;
    }
  }

  /** Its object exists. */
  record Launched() implements Starting {}

  /** Its object waits for something. */
  record Pending(String reason, String message) implements Starting {}

  /**
   * Its process runs.
   *
   * @param timeoutAt null where the step has no timeout
   */
  record Running(Instant since, Instant timeoutAt) implements Active {
    @Override
    public Instant deadline() {
      return timeoutAt;
    }
  }

  /** A cancel order is out; it is repeated until the end is known. */
  record Stopping(Cause cause, Instant repeatAt) implements Active {
    @Override
    public Instant deadline() {
      return repeatAt;
    }

    Stopping again(Instant later) {
      return new Stopping(cause, later);
    }
  }

  /** The task succeeded. */
  record Done(Instant at) implements AttemptState {
    @Override
    public boolean isOver() {
      return true;
    }
  }

  /** The task failed, and no attempt is left. */
  record Failed(Cause cause, Instant at) implements AttemptState {
    @Override
    public boolean isOver() {
      return true;
    }
  }
}
