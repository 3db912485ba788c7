package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.RunFilter;
import io.millrace.client.show.Elapsed;
import io.millrace.client.show.RunTree;
import io.millrace.client.show.Table;
import io.millrace.events.api.RunView;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lists runs. */
@Command(
    name = "runs",
    sortOptions = false,
    description = "Lists runs, the newest first; finished ones too, while they are kept.",
    footerHeading = "%nExample:%n",
    footer = "  millrace runs --flow word-count --state failed")
final class RunsCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Option(names = "--flow", paramLabel = "FLOW", description = "Only of this flow.")
  private String flow;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only in this state: ${COMPLETION-CANDIDATES}.",
      completionCandidates = States.class)
  private String state;

  @Option(names = "--tag", paramLabel = "TAG", description = "Only with this tag.")
  private String tag;

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

  @Override
  public void run() {
    if (state != null) {
      States.check(state);
    }
    Answer<RunView.Page> answer = root.api().runs(new RunFilter(flow, state, tag, limit, before));
    if (root.json()) {
      root.say(answer.json());
      return;
    }
    if (answer.value().runs().isEmpty()) {
      root.notice("No runs. Start one with 'millrace run FLOW'.");
      return;
    }
    table(answer.value()).lines(root.style()).forEach(root.out()::println);
    root.out().flush();
    if (answer.value().next() != null) {
      root.notice("There are more: --before " + answer.value().next());
    }
  }

  private Table table(RunView.Page page) {
    var clock = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(root.around().zone());
    var table = new Table("RUN", "FLOW", "STATE", "STARTED", "TOOK", "TAGS");
    for (RunView run : page.runs()) {
      Instant until = run.ended() == null ? Instant.now() : run.ended();
      table
          .row()
          .cell(run.run().value())
          .cell(run.flow().name())
          .cell(RunTree.tone(run.state()), run.state().toString())
          .cell(run.started() == null ? "" : clock.format(run.started()))
          .cell(Elapsed.between(run.started(), until))
          .cell(run.tags() == null ? "" : String.join(" ", run.tags()));
    }
    return table;
  }
}
