package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a step reports of itself in its outcome file, at most 4 KiB of JSON. A step that writes none
 * and exits with 0 has simply succeeded ({@link #SUCCESS}).
 *
 * @param v the form's version, 1
 * @param ok whether the step's own code succeeded
 * @param next the step that a switch takes; null elsewhere
 * @param splits how many tasks a foreach has; null where the flow says it or there is none
 * @param numParallel how many members a gang has; null where the flow says it or there is none
 * @param mappers how many members the gang's control saw; null outside a gang
 * @param error the end of the error's text when not ok; else null
 * @param outputs small results of a plain flow's step, any JSON; null when there are none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Outcome(
    int v,
    boolean ok,
    String next,
    Integer splits,
    @JsonProperty("num_parallel") Integer numParallel,
    Integer mappers,
    String error,
    JsonNode outputs) {

  /** The most bytes an outcome may have: what Kubernetes keeps of a termination message. */
  public static final int MAX_BYTES = 4096;

  /** What a step that says nothing has said. */
  public static final Outcome SUCCESS = new Outcome(1, true, null, null, null, null, null, null);

  /** A switch's outcome. */
  public static Outcome taking(StepName next) {
    return new Outcome(1, true, next.value(), null, null, null, null, null);
  }

  /** A foreach's outcome. */
  public static Outcome splitting(int splits) {
    return new Outcome(1, true, null, splits, null, null, null, null);
  }

  /** The outcome of a step before a gang. */
  public static Outcome gang(int members) {
    return new Outcome(1, true, null, null, members, null, null, null);
  }
}
