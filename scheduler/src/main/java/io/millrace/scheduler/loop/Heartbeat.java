package io.millrace.scheduler.loop;

import java.util.List;

/**
 * A replica's sign of life, on the owners topic.
 *
 * @param replica its name
 * @param incarnation changes with each start, so that a restart is told from a second process of
 *     the same name
 * @param owned the partitions that it runs, or is about to take over, or has not yet handed over
 * @param leaving whether it takes no more
 */
record Heartbeat(String replica, String incarnation, List<Integer> owned, boolean leaving) {
  Heartbeat {
    owned = owned == null ? List.of() : List.copyOf(owned);
  }
}
