package io.millrace.events.flow;

/**
 * One thing that is wrong with a flow document.
 *
 * @param where the place, such as {@code steps[2] (train).timeout}
 * @param message what was found, what was expected and what to do
 */
public record FlowProblem(String where, String message) {
  /** So many of them are enough for an author to begin with. */
  public static final int MOST = 100;

  @Override
  public String toString() {
    return where + ": " + message;
  }
}
