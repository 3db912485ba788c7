package io.millrace.client.api;

import io.millrace.events.api.Problem;

/** The API could not be asked, or refused; the message is for the person at the terminal. */
public final class ApiException extends RuntimeException {
  private final transient Problem problem;

  private ApiException(String message, Problem problem, Throwable cause) {
    super(message, cause);
    this.problem = problem;
  }

  /** The server answered, with an error. */
  static ApiException refused(Problem problem, String message) {
    return new ApiException(message, problem, null);
  }

  /** No answer came, or none that can be read. */
  static ApiException unanswered(String message, Throwable cause) {
    return new ApiException(message, null, cause);
  }

  /** The HTTP status; 0 when no answer came. */
  public int status() {
    return problem == null ? 0 : problem.status();
  }

  /** Whether the server says that there is no such thing. */
  public boolean isNotFound() {
    return status() == 404;
  }

  /** Whether asking again later may help. */
  public boolean isTransient() {
    return status() == 0 || status() == 429 || status() >= 500;
  }

  /** The error as the server wrote it; null when no answer came. */
  public Problem problem() {
    return problem;
  }
}
