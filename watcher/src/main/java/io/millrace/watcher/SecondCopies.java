package io.millrace.watcher;

import io.millrace.events.AttemptId;
import io.millrace.events.Outcome;
import java.util.Optional;

/** What steps left of their outcomes outside the cluster. */
public interface SecondCopies {
  /** There are none. */
  SecondCopies NONE = of -> Optional.empty();

  /**
   * The outcome of an attempt whose pods are gone, if it succeeded and could still say so. Blocks.
   */
  Optional<Outcome> find(AttemptId of);
}
