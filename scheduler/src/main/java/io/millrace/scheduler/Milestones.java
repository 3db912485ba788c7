package io.millrace.scheduler;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The moments between which a crash makes a difference. With {@code millrace.halt-at} the process
 * ends at one of them as if it had been killed: crash tests reach with it what a kill from outside
 * hits by chance only.
 */
@ApplicationScoped
public class Milestones {
  private static final Logger LOG = Logger.getLogger(Milestones.class);

  /** As if by SIGKILL. */
  private static final int KILLED = 137;

  private final Milestone haltAt;
  private final AtomicInteger left;

  /** A moment. */
  public enum Milestone {
    /** The former owner of a partition is fenced, its state not yet read. */
    FENCED,
    /** The state is read, nothing decided. */
    RESTORED,
    /** A command is decided, its orders are not sent. */
    DECIDED,
    /** The orders are sent and not yet acknowledged. */
    ORDERED,
    /** Everything is acknowledged, the checkpoint has not begun. */
    ACKNOWLEDGED,
    /** The checkpoint's records are at the broker, in an open transaction. */
    WRITING,
    /** The checkpoint is committed. */
    COMMITTED,
    /** An order is read, nothing started. */
    LAUNCHING,
    /** The attempt is started, and nobody told. */
    LAUNCHED,
    /** What came of the order is in the command log, the order not acknowledged. */
    REPORTED
  }

  Milestones(SchedulerConfig config) {
    String[] wish = config.haltAt().orElse("").split(":");
    haltAt =
        wish[0].isEmpty()
            ? null
            : Milestone.valueOf(wish[0].toUpperCase(Locale.ROOT).replace('-', '_'));
    left = new AtomicInteger(wish.length > 1 ? Integer.parseInt(wish[1]) : 1);
  }

  /** Says that a moment has come. */
  public void reached(Milestone milestone) {
    if (milestone == haltAt && left.decrementAndGet() == 0) {
      LOG.warnf("halting at %s, as millrace.halt-at asks", milestone);
      Runtime.getRuntime().halt(KILLED);
    }
  }
}
