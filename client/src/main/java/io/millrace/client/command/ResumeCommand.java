package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.ApiClient;
import io.millrace.events.RunId;
import io.millrace.events.api.RunView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Takes a suspension back. */
@Command(
    name = "resume",
    sortOptions = false,
    description = "Goes on with a run that was suspended.",
    footerHeading = "%nExample:%n",
    footer = "  millrace resume nightly-17")
final class ResumeCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "RUN", description = "The run's id.")
  private String id;

  @Override
  public void run() {
    RunId run = Names.run(id);
    ApiClient api = root.api();
    Answer<RunView.Accepted> answer = Names.ofRun(root, api, run, () -> api.resume(run));
    root.say(root.json() ? answer.json() : "Resuming run %s.".formatted(run));
  }
}
