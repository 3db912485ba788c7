package io.millrace.events.flow;

import java.util.List;
import java.util.stream.Collectors;

/** A flow document cannot be used; it says everything that is wrong with it at once. */
public final class InvalidFlowException extends RuntimeException {
  private final transient List<FlowProblem> problems;

  public InvalidFlowException(List<FlowProblem> problems) {
    super(problems.stream().map(FlowProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** At least one, in the document's order. */
  public List<FlowProblem> problems() {
    return problems;
  }
}
