package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.ApiClient;
import io.millrace.events.RunId;
import io.millrace.events.api.RunView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Ends a run. */
@Command(
    name = "cancel",
    sortOptions = false,
    description = "Ends a run as cancelled and stops what runs of it.",
    footerHeading = "%nExample:%n",
    footer = "  millrace cancel nightly-17 --reason 'wrong input'")
final class CancelCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "RUN", description = "The run's id.")
  private String id;

  @Option(names = "--reason", paramLabel = "TEXT", description = "Kept with the run.")
  private String reason;

  @Override
  public void run() {
    RunId run = Names.run(id);
    ApiClient api = root.api();
    Answer<RunView.Accepted> answer = Names.ofRun(root, api, run, () -> api.cancel(run, reason));
    root.say(
        root.json()
            ? answer.json()
            : "Cancelling run %s; see it end with 'millrace status %1$s'.".formatted(run));
  }
}
