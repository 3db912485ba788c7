package io.millrace.client.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.api.Answer;
import io.millrace.client.api.ApiClient;
import io.millrace.client.api.ApiException;
import io.millrace.client.show.FailedTask;
import io.millrace.client.show.RunReport;
import io.millrace.client.show.StepLayout;
import io.millrace.events.RunId;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows where a run stands. */
@Command(
    name = "status",
    sortOptions = false,
    description = "Shows where a run stands: its steps, what failed and what waits for what.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the run was shown, whatever its state; with --exit-code: it succeeded",
      "1:the run is not known; with --exit-code or --follow: it failed or was cancelled",
      "2:the command was not used as this text says",
      "3:with --exit-code: the run is not over yet",
    },
    footerHeading = "%nExample:%n",
    footer = "  millrace status nightly-17 --follow")
final class StatusCommand implements Callable<Integer> {
  private static final int NOT_OVER = 3;

  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "RUN", description = "The run's id.")
  private String id;

  @Option(names = "--exit-code", description = "Let the exit code tell the run's state.")
  private boolean exitCode;

  @Option(
      names = {"-f", "--follow"},
      description = "Show progress until the run is over.")
  private boolean follow;

  @Override
  public Integer call() {
    RunId run = Names.run(id);
    ApiClient api = root.api();
    Answer<RunView> answer = Names.ofRun(root, api, run, () -> api.run(run));
    if (follow) {
      return Follow.run(root, api, run, "It is known, but nothing of it has happened.");
    }
    if (root.json()) {
      root.say(answer.json());
    } else {
      show(api, answer.value());
    }
    return exitCode ? code(answer.value().state()) : ExitCode.OK;
  }

  private void show(ApiClient api, RunView run) {
    StepLayout layout = StepLayout.of(document(api, run));
    var report = new RunReport(layout, root.style(), root.around().zone());
    List<FailedTask> failures =
        tasks(api, run, "failed").stream()
            .map(task -> new FailedTask(task.step(), task.task(), task.attempt(), task.cause()))
            .toList();
    List<TaskView> waiting =
        run.state().isOver()
            ? List.of()
            : tasks(api, run, null).stream().filter(task -> task.message() != null).toList();
    report.lines(run, failures, waiting, Instant.now()).forEach(root.out()::println);
    root.out().flush();
  }

  private static JsonNode document(ApiClient api, RunView run) {
    try {
      return api.flow(run.flow().toString()).value().document();
    } catch (ApiException gone) {
      return null;
    }
  }

  /** None where the server keeps no tasks of a run that is long over. */
  private static List<TaskView> tasks(ApiClient api, RunView run, String state) {
    try {
      return api.tasks(run.run(), state).value().tasks();
    } catch (ApiException gone) {
      if (gone.isNotFound()) {
        return List.of();
      }
      throw gone;
    }
  }

  private static int code(RunView.State state) {
    return switch (state) {
      case SUCCEEDED -> ExitCode.OK;
      case FAILED, CANCELLED, TIMED_OUT -> ExitCode.SOFTWARE;
      case RUNNING, SUSPENDED, ENDING -> NOT_OVER;
    };
  }
}
