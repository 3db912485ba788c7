package io.millrace.local;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts how often something died lately, to tell one bad moment from a cause that a restart does
 * not cure.
 */
final class RecentDeaths {
  private final int limit;
  private final Duration span;
  private final Deque<Instant> deaths = new ArrayDeque<>();

  RecentDeaths(int limit, Duration span) {
    this.limit = limit;
    this.span = span;
  }

  /** Records one more; true if this makes {@code limit} within the span. */
  boolean isOneTooMany(Instant now) {
    deaths.addLast(now);
    while (deaths.peekFirst().isBefore(now.minus(span))) {
      deaths.removeFirst();
    }
    return deaths.size() >= limit;
  }
}
