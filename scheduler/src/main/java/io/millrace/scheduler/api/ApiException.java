package io.millrace.scheduler.api;

import io.millrace.events.api.Problem;
import io.millrace.events.flow.FlowProblem;
import java.util.List;

/** A request that cannot be answered as asked; becomes a {@link Problem}. */
final class ApiException extends RuntimeException {
  private final transient Problem problem;

  private ApiException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }

  /** The request's text is not what the resource takes. */
  static ApiException malformed(String detail) {
    return new ApiException(Problem.of("Malformed request", 400, detail));
  }

  /** There is no such thing. */
  static ApiException notFound(String detail) {
    return new ApiException(Problem.of("Not found", 404, detail));
  }

  /** What is asked does not fit where the thing stands. */
  static ApiException conflict(String detail) {
    return new ApiException(Problem.of("Conflict", 409, detail));
  }

  /** The request is well formed and does not fit the flow. */
  static ApiException unfit(String detail) {
    return new ApiException(Problem.of("Unfit request", 422, detail));
  }

  /** A flow document has mistakes. */
  static ApiException invalidFlow(List<FlowProblem> problems) {
    String detail =
        problems.size() == 1
            ? problems.getFirst().toString()
            : "the flow document has %d mistakes; the first: %s"
                .formatted(problems.size(), problems.getFirst());
    return new ApiException(new Problem("Invalid flow", 422, detail, problems));
  }

  /** Too much is going on. */
  static ApiException busy(String detail) {
    return new ApiException(Problem.of("Busy", 503, detail));
  }
}
