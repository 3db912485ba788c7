package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.client.show.Table;
import io.millrace.events.api.FlowView;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Lists the flows. */
@Command(
    name = "flows",
    sortOptions = false,
    description = "Lists the flows: the current definition of each name.",
    footerHeading = "%nExample:%n",
    footer = "  millrace flows")
final class FlowsCommand implements Runnable {
  private static final int DIGITS = 12;

  @ParentCommand private MillraceCommand root;

  @Override
  public void run() {
    Answer<FlowView.Page> answer = root.api().flows();
    if (root.json()) {
      root.say(answer.json());
      return;
    }
    if (answer.value().flows().isEmpty()) {
      root.notice("No flow is deployed yet. Deploy one with 'millrace deploy flow.yaml'.");
      return;
    }
    var table = new Table("FLOW", "SHA-256", "DESCRIPTION");
    for (FlowView flow : answer.value().flows()) {
      String description = flow.description() == null ? "" : flow.description();
      table
          .row()
          .cell(flow.ref().name())
          .cell(flow.ref().digest().substring(0, DIGITS))
          .cell(description.lines().findFirst().orElse(""));
    }
    table.lines(root.style()).forEach(root.out()::println);
    root.out().flush();
  }
}
