package io.millrace.watcher;

import io.millrace.events.Cause;
import io.millrace.events.Outcome;
import java.time.Instant;

/** What one pod shows of its member of an attempt. */
sealed interface Seen {

  /** It is there, and nothing is to be said of it yet. */
  record Starting() implements Seen {}

  /**
   * It waits for something.
   *
   * @param reason in Kubernetes' words
   * @param message for people
   * @param since when it began to wait
   * @param what which bound applies
   */
  record Waiting(String reason, String message, Instant since, Want what) implements Seen {}

  /**
   * Its step's process runs.
   *
   * @param where pod and node, for people
   */
  record Running(String where) implements Seen {}

  /** Its step ended with 0, and said this. */
  record EndedWell(Outcome outcome) implements Seen {}

  /**
   * It ended otherwise.
   *
   * @param at when, as far as that is known
   * @param byDeletion whether it ended because its object was deleted: then whoever deleted it
   *     knows the cause
   */
  record EndedBadly(Cause cause, Instant at, boolean byDeletion) implements Seen {}

  /** What is waited for. */
  enum Want {
    /** An image. */
    IMAGE(Cause.Kind.IMAGE_PULL),
    /** A node. */
    NODE(Cause.Kind.UNSCHEDULABLE),
    /** What the spec refers to: a secret, a config map, a service account. */
    REFERENCE(Cause.Kind.REJECTED),
    /** Room in a quota. */
    QUOTA(Cause.Kind.UNSCHEDULABLE);

    private final Cause.Kind kind;

    Want(Cause.Kind kind) {
      this.kind = kind;
    }

    /** What an attempt ends as that waited too long. */
    Cause.Kind kind() {
      return kind;
    }
  }
}
