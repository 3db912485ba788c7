package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;

/** What the launcher or the watcher saw of an attempt. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface Observation extends Command {
  AttemptId of();

  /** Its object exists. */
  record Launched(AttemptId of) implements Observation {
    public Launched {
      Required.field(of, "of");
    }
  }

  /** It can never be launched: the order itself is refused, in the refuser's words. */
  record Rejected(AttemptId of, String message) implements Observation {
    public Rejected {
      Required.field(of, "of");
      message = message == null ? "no reason was given" : message;
    }
  }

  /** It cannot be launched now: order it again after a while. */
  record Deferred(AttemptId of, Duration retryAfter, String message) implements Observation {
    private static final long LONGEST_SECONDS = 86_400;

    public Deferred {
      Required.field(of, "of");
      Required.field(retryAfter, "retryAfter");
      Required.within(retryAfter.getSeconds(), 0, LONGEST_SECONDS, "retryAfter");
      message = message == null ? "" : message;
    }
  }

  /** The order came too late to be launched safely. */
  record Expired(AttemptId of) implements Observation {
    public Expired {
      Required.field(of, "of");
    }
  }

  /** It waits for something: an image, a node, a quota. */
  record Pending(AttemptId of, String reason, String message) implements Observation {
    public Pending {
      Required.field(of, "of");
      reason = reason == null ? "Unknown" : reason;
      message = message == null ? "" : message;
    }
  }

  /** Its process runs. */
  record Running(AttemptId of, String where) implements Observation {
    public Running {
      Required.field(of, "of");
    }
  }

  /** It ended well. */
  record Succeeded(AttemptId of, Outcome outcome) implements Observation {
    public Succeeded {
      Required.field(of, "of");
      outcome = outcome == null ? Outcome.SUCCESS : outcome;
    }
  }

  /** It ended otherwise, or was stopped, or is gone: nothing of it runs any more. */
  record Failed(AttemptId of, Cause cause) implements Observation {
    public Failed {
      Required.field(of, "of");
      Required.field(cause, "cause");
    }
  }
}
