package io.millrace.scheduler.topics;

import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Says what was refused, at most once a second: whoever floods a topic must not fill the disk too.
 * Every single refusal stands in the dead letters.
 */
public final class RefusalLog {
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private final Logger log;
  private long last = System.nanoTime() - PAUSE;
  private long unsaid;

  public RefusalLog(Logger log) {
    this.log = log;
  }

  /** A record was put aside. */
  public synchronized void refused(String topic, int partition, long offset, String reason) {
    long now = System.nanoTime();
    if (now - last < PAUSE) {
      unsaid++;
      return;
    }
    log.warnf(
        "topic=%s partition=%d offset=%d put to the dead letters: %s%s",
        topic,
        partition,
        offset,
        reason,
        unsaid == 0 ? "" : " (and " + unsaid + " others since the last time this was said)");
    last = now;
    unsaid = 0;
  }
}
