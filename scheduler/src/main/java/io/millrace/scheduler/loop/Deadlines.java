package io.millrace.scheduler.loop;

import io.millrace.core.State;
import io.millrace.events.Command;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Fires timers: a deadline of the state that has passed becomes a command. One that was fired and
 * not yet decided is remembered, so that it is not sent at every turn; after a takeover it may be
 * sent again, which has no effect twice.
 */
final class Deadlines {
  private final Clock clock;
  private final Set<State.Deadline> fired = new HashSet<>();

  Deadlines(Clock clock) {
    this.clock = clock;
  }

  /**
   * Fires what is due.
   *
   * @param send gets the key and the command
   */
  void fire(State state, BiConsumer<String, Command> send) {
    Instant now = clock.instant();
    fired.removeIf(deadline -> !state.deadlines().contains(deadline));
    for (State.Deadline deadline : state.deadlines()) {
      if (deadline.at().isAfter(now)) {
        return;
      }
      if (fired.add(deadline)) {
        String entity = deadline.key().text();
        send.accept(entity, new Command.TimerFired(entity, deadline.at()));
      }
    }
  }

  /** How long nothing becomes due, at most the bound. */
  Duration untilNext(State state, Duration bound) {
    for (State.Deadline deadline : state.deadlines()) {
      if (!fired.contains(deadline)) {
        Duration left = Duration.between(clock.instant(), deadline.at()).plusMillis(1);
        Duration positive = left.isNegative() ? Duration.ZERO : left;
        return positive.compareTo(bound) < 0 ? positive : bound;
      }
    }
    return bound;
  }
}
