package io.millrace.events.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.events.flow.FlowProblem;
import java.util.List;

/**
 * An error as RFC 9457 writes it ({@code application/problem+json}).
 *
 * @param title the kind of error, the same for each of that kind
 * @param status the HTTP status
 * @param detail what was found, what was expected and what to do
 * @param problems everything that is wrong with a flow document; empty for other errors
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(String title, int status, String detail, List<FlowProblem> problems) {
  /** The media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public Problem {
    problems = problems == null ? List.of() : List.copyOf(problems);
  }

  public static Problem of(String title, int status, String detail) {
    return new Problem(title, status, detail, List.of());
  }
}
