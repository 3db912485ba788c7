package io.millrace.watcher;

import io.millrace.events.Cause;
import io.millrace.events.Observation;
import java.time.Instant;
import java.util.Optional;

/** What follows from a {@link Scene}. */
sealed interface Verdict {

  /** Nothing, yet. */
  record Wait() implements Verdict {}

  /**
   * Nothing yet, but something by then.
   *
   * @param at when the same scene would mean something else
   */
  record LookAgain(Instant at) implements Verdict {}

  /**
   * Something is to be published.
   *
   * @param lookAgain when the same scene would mean something else
   */
  record Tell(Observation observation, Optional<Instant> lookAgain) implements Verdict {}

  /**
   * Something is to be published, if it follows also from what the API server has now: a cache may
   * not have heard yet of what is there.
   */
  record Prove(Observation observation) implements Verdict {}

  /** The attempt has to be stopped first, and then ends with this cause. */
  record StopIt(Cause cause) implements Verdict {}
}
