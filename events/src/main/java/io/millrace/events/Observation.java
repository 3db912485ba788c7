package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;

/** What the launcher or the watcher saw of an attempt. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface Observation extends Command {
  AttemptId of();

  /** Its object exists. */
  record Launched(AttemptId of) implements Observation {}

  /** It can never be launched: the order itself is refused, in the refuser's words. */
  record Rejected(AttemptId of, String message) implements Observation {}

  /** It cannot be launched now: order it again after a while. */
  record Deferred(AttemptId of, Duration retryAfter, String message) implements Observation {}

  /** The order came too late to be launched safely. */
  record Expired(AttemptId of) implements Observation {}

  /** It waits for something: an image, a node, a quota. */
  record Pending(AttemptId of, String reason, String message) implements Observation {}

  /** Its process runs. */
  record Running(AttemptId of, String where) implements Observation {}

  /** It ended well. */
  record Succeeded(AttemptId of, Outcome outcome) implements Observation {
    public Succeeded {
      outcome = outcome == null ? Outcome.SUCCESS : outcome;
    }
  }

  /** It ended otherwise, or was stopped, or is gone: nothing of it runs any more. */
  record Failed(AttemptId of, Cause cause) implements Observation {}
}
