package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.ApiClient;
import io.millrace.events.RunId;
import io.millrace.events.api.RunView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Holds a run. */
@Command(
    name = "suspend",
    sortOptions = false,
    description = "Launches nothing more of a run until it is resumed; what runs goes on.",
    footerHeading = "%nExample:%n",
    footer = "  millrace suspend nightly-17")
final class SuspendCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "RUN", description = "The run's id.")
  private String id;

  @Override
  public void run() {
    RunId run = Names.run(id);
    ApiClient api = root.api();
    Answer<RunView.Accepted> answer = Names.ofRun(root, api, run, () -> api.suspend(run));
    root.say(
        root.json()
            ? answer.json()
            : "Suspending run %s; take it up again with 'millrace resume %1$s'.".formatted(run));
  }
}
