package io.millrace.core.graph;

import io.millrace.events.StepName;

/**
 * One level of parallelism that encloses a step.
 *
 * @param opener the step whose transition opened it
 * @param kind of the transition
 * @param branch the number of the split's branch, in the document's order; 0 for the other kinds
 */
public record Frame(StepName opener, Kind kind, int branch) {

  /** What a join closes. */
  public enum Kind {
    SPLIT,
    FOREACH,
    GANG
  }

  boolean sameOpener(Frame other) {
    return opener.equals(other.opener);
  }
}
