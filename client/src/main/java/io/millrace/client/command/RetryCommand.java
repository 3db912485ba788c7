package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.ApiClient;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.api.RunView;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Goes on from where a run failed. */
@Command(
    name = "retry",
    sortOptions = false,
    description = {
      "Starts a new run that goes on from where a failed or cancelled run stopped.",
      "What succeeded is not done again, unless a step is named: then that step and all after it is.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace retry nightly-17 --follow",
      "  millrace retry nightly-17 --from train",
    })
final class RetryCommand implements Callable<Integer> {
  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "RUN", description = "The run that is over.")
  private String id;

  @Option(names = "--run", paramLabel = "ID", description = "The new run's id.")
  private String newId;

  @Option(
      names = "--from",
      paramLabel = "STEP",
      description = "Do this step once more, and what follows it; of a run that succeeded, too.")
  private String from;

  @Option(
      names = {"-f", "--follow"},
      description = "Show progress until the new run is over.")
  private boolean follow;

  @Override
  public Integer call() {
    RunId run = Names.run(id);
    RunId as = newId == null ? null : Names.run(newId);
    ApiClient api = root.api();
    StepName step = from == null ? null : Names.step(from);
    Answer<RunView.Accepted> answer = Names.ofRun(root, api, run, () -> api.retry(run, as, step));
    RunId next = answer.value().run();
    if (!follow) {
      root.say(root.json() ? answer.json() : next.value());
      return ExitCode.OK;
    }
    if (!root.json()) {
      root.say("Run " + next + " goes on from " + run);
    }
    return Follow.run(
        root, api, next, "The server has accepted it; see 'millrace status " + next + "'.");
  }
}
