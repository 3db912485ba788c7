package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.api.RunFilter;
import io.millrace.events.api.RunView;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private RunSelection selection;

  @Option(names = "--tag", paramLabel = "TAG", description = "Only with this tag.")
  private String tag;

  @Override
  public void run() {
    Answer<RunView.Page> answer =
        root.api()
            .runs(
                new RunFilter(
                    selection.flow(),
                    selection.state(),
                    tag,
                    selection.limit(),
                    selection.before()));
    if (root.json()) {
      root.say(answer.json());
      return;
    }
    var list = new RunList(root, "TAGS");
    for (RunView run : answer.value().runs()) {
      String tags = run.tags() == null ? "" : String.join(" ", run.tags());
      list.add(run.run(), run.flow(), run.state(), run.started(), run.ended(), tags);
    }
    list.print(answer.value().next(), "No runs. Start one with 'millrace run FLOW'.");
  }
}
