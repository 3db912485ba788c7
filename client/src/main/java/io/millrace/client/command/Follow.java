package io.millrace.client.command;

import io.millrace.client.api.ApiClient;
import io.millrace.client.api.ApiException;
import io.millrace.client.follow.Following;
import io.millrace.client.follow.JsonView;
import io.millrace.client.follow.LiveView;
import io.millrace.client.follow.PlainView;
import io.millrace.client.follow.ProgressView;
import io.millrace.client.show.StepLayout;
import io.millrace.events.Event.RunChange;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import picocli.CommandLine.ExitCode;

/** {@code --follow}, of every command that has it. */
final class Follow {
  private Follow() {}

  /**
   * Follows a run to its end.
   *
   * @param whyNotStarted what to say when it does not begin
   * @return the exit code: 0 only when the run succeeded
   */
  static int run(MillraceCommand root, ApiClient api, RunId run, String whyNotStarted) {
    var following = new Following(api, run, view(root, api), root.around().pace(), whyNotStarted);
    var goodbye = new Thread(() -> sayGoodbye(root, run), "goodbye");
    Runtime.getRuntime().addShutdownHook(goodbye);
    try {
      return following.toItsEnd() == RunChange.SUCCEEDED ? ExitCode.OK : ExitCode.SOFTWARE;
    } finally {
      forget(goodbye);
    }
  }

  /** For whoever presses Ctrl-C and may believe that this ends the run. */
  private static void sayGoodbye(MillraceCommand root, RunId run) {
    root.notice(
        "\nRun %s goes on. Follow it again with 'millrace status %1$s --follow', end it with 'millrace cancel %1$s'."
            .formatted(run));
  }

  private static void forget(Thread goodbye) {
    try {
      Runtime.getRuntime().removeShutdownHook(goodbye);
    } catch (IllegalStateException alreadyEnding) {
      // Then it has been said, and that was right.
    }
  }

  private static ProgressView view(MillraceCommand root, ApiClient api) {
    if (root.json()) {
      return new JsonView(root.out(), root.err());
    }
    if (root.around().terminal().size().isPresent()) {
      return new LiveView(
          root.out(),
          root.err(),
          root.around().terminal(),
          root.style(),
          flow -> layout(api, flow));
    }
    return new PlainView(root.out(), root.err(), flow -> layout(api, flow), root.around().zone());
  }

  private static StepLayout layout(ApiClient api, FlowRef flow) {
    try {
      return StepLayout.of(api.flow(flow.toString()).value().document());
    } catch (ApiException notNow) {
      return StepLayout.flat();
    }
  }
}
