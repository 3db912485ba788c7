package io.millrace.client.command;

import picocli.CommandLine.Option;

/** Options that all lists of runs have. */
final class RunSelection {
  @Option(names = "--flow", paramLabel = "FLOW", description = "Only of this flow.")
  private String flow;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only in this state: ${COMPLETION-CANDIDATES}.",
      completionCandidates = States.class)
  private String state;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "The most to list (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--before",
      paramLabel = "PLACE",
      description = "The next page, by the place that the page before named.")
  private String before;

  /** A flow's name; null for all. */
  String flow() {
    return flow;
  }

  /** A state that there is; null for all. */
  String state() {
    if (state != null) {
      States.check(state);
    }
    return state;
  }

  int limit() {
    return limit;
  }

  /** Null for the first page. */
  String before() {
    return before;
  }
}
