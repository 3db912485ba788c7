package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.HistoryFilter;
import io.millrace.events.api.HistoryView;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private RunSelection selection;

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

  @Override
  public void run() {
    Answer<HistoryView.Page> answer =
        root.api()
            .history(
                new HistoryFilter(
                    selection.flow(),
                    selection.state(),
                    text(since),
                    text(until),
                    text,
                    selection.limit(),
                    selection.before()));
    if (root.json()) {
      root.say(answer.json());
      return;
    }
    var list = new RunList(root, "MESSAGE");
    for (HistoryView run : answer.value().runs()) {
      String message = run.message() == null ? "" : run.message();
      list.add(run.run(), run.flow(), run.state(), run.started(), run.ended(), message);
    }
    list.print(answer.value().next(), "No such runs.");
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }
}
