package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.HistoryFilter;
import io.millrace.client.show.Elapsed;
import io.millrace.client.show.RunTree;
import io.millrace.client.show.Table;
import io.millrace.events.api.HistoryView;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lists runs of any age. */
@Command(
    name = "history",
    sortOptions = false,
    description = "Lists runs of any age, the newest first, where the server keeps a history.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace history --flow word-count --state failed",
      "  millrace history --since 2026-01-01T00:00:00Z --text \"no space\"",
    })
final class HistoryCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Option(names = "--flow", paramLabel = "FLOW", description = "Only of this flow.")
  private String flow;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only in this state: ${COMPLETION-CANDIDATES}.",
      completionCandidates = States.class)
  private String state;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Only started then or later, as 2026-01-31T12:00:00Z.")
  private Instant since;

  @Option(names = "--until", paramLabel = "TIME", description = "Only started before then.")
  private Instant until;

  @Option(
      names = "--text",
      paramLabel = "TEXT",
      description = "Only with this in the id, the message or the parameters.")
  private String text;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "The most to list (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--before",
      paramLabel = "RUN",
      description = "The next page, by the run that the page before named.")
  private String before;

  @Override
  public void run() {
    if (state != null) {
      States.check(state);
    }
    Answer<HistoryView.Page> answer =
        root.api()
            .history(new HistoryFilter(flow, state, text(since), text(until), text, limit, before));
    if (root.json()) {
      root.say(answer.json());
      return;
    }
    if (answer.value().runs().isEmpty()) {
      root.notice("No such runs.");
      return;
    }
    table(answer.value()).lines(root.style()).forEach(root.out()::println);
    root.out().flush();
    if (answer.value().next() != null) {
      root.notice("There are more: --before " + answer.value().next());
    }
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }

  private Table table(HistoryView.Page page) {
    var clock = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(root.around().zone());
    var table = new Table("RUN", "FLOW", "STATE", "STARTED", "TOOK", "MESSAGE");
    for (HistoryView run : page.runs()) {
      Instant end = run.ended() == null ? Instant.now() : run.ended();
      table
          .row()
          .cell(run.run().value())
          .cell(run.flow().name())
          .cell(RunTree.tone(run.state()), run.state().toString())
          .cell(clock.format(run.started()))
          .cell(Elapsed.between(run.started(), end))
          .cell(run.message() == null ? "" : run.message());
    }
    return table;
  }
}
