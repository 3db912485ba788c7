package io.millrace.core;

import io.millrace.events.AttemptId;
import io.millrace.events.Digests;
import io.millrace.events.flow.FlowDocument.Retry;
import java.time.Duration;

/** How long a retry waits. */
final class Backoff {
  private Backoff() {}

  /**
   * Doubles with each failure up to the bound, and varies by a fifth either way so that tasks that
   * failed together do not come back together. The variation is derived from the attempt's
   * identity: chance has no place in a decision.
   *
   * @param failures how many so far, at least 1
   */
  static Duration delay(Retry retry, AttemptId failed, int failures) {
    long base = retry.delay().toMillis();
    long most = retry.maxDelay().toMillis();
    int doublings = Math.min(failures - 1, 40);
    long delay = base > most >> doublings ? most : base << doublings;
    int variation = Integer.parseInt(Digests.sha256(failed.toString()).substring(0, 4), 16);
    long spread = delay / 5;
    return Duration.ofMillis(delay - spread + 2 * spread * variation / 0xffff);
  }
}
