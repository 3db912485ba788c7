package io.millrace.client.command;

import io.millrace.client.api.ApiClient;
import io.millrace.client.follow.LogLines;
import io.millrace.client.show.LogPrefix;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.TaskView.Logged;
import io.smallrye.mutiny.Multi;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows what a run's steps wrote. */
@Command(
    name = "logs",
    sortOptions = false,
    description = {
      "Shows what a run's steps wrote, each line behind its task and attempt.",
      "A line of stderr is marked by ! instead of |.",
    },
    footerHeading = "%nExamples:%n",
    footer = {"  millrace logs nightly-17 train", "  millrace logs nightly-17 -f"})
final class LogsCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
  private String id;

  @Parameters(index = "1", arity = "0..1", paramLabel = "STEP", description = "Only this step.")
  private String step;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what is written, until the run is over.")
  private boolean follow;

  @Override
  public void run() {
    RunId run = Names.run(id);
    StepName only = step == null ? null : Names.step(step);
    ApiClient api = root.api();
    List<Logged> attempts =
        Names.ofRun(root, api, run, () -> api.logged(run, only)).value().attempts();
    var lines = new LogLines(api, run, only, new Repeats(root::notice)::say);
    // What is over is shown in order.
    boolean live = follow && !api.run(run).value().state().isOver();
    Multi<LogLines.From> all = live ? lines.live(attempts) : lines.soFar(attempts);
    if (attempts.isEmpty() && !live) {
      root.notice(nothing(run));
    }
    var prefix = new LogPrefix(root.style());
    attempts.forEach(prefix::expect);
    try (var each = all.subscribe().asStream()) {
      each.forEach(from -> print(prefix, from));
    }
  }

  private String nothing(RunId run) {
    if (follow) {
      return "Run %s is over and has left no log lines.".formatted(run);
    }
    return step == null
        ? "Run %s has no log lines. If it has not started a step yet, -f waits.".formatted(run)
        : "Run %s has no log lines of step %s; 'millrace status %s' lists its steps."
            .formatted(run, step, run);
  }

  /** A line for programs. */
  private record Written(TaskId task, int attempt, String stream, int member, String text) {}

  private void print(LogPrefix prefix, LogLines.From from) {
    if (root.json()) {
      Logged attempt = from.attempt();
      LogLine line = from.line();
      root.say(
          Json.text(
              new Written(
                  attempt.task(), attempt.attempt(), line.stream(), line.member(), line.text())));
    } else {
      root.say(prefix.line(from.attempt(), from.line()));
    }
  }
}
