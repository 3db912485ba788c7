package io.millrace.client.command;

import io.millrace.client.api.Answer;
import io.millrace.events.api.FlowView;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a flow document known to the server. */
@Command(
    name = "deploy",
    sortOptions = false,
    description = "Makes a flow document the current definition of its name.",
    footerHeading = "%nExample:%n",
    footer = "  millrace deploy examples/word-count/flow.yaml")
final class DeployCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "FILE", description = "YAML or JSON; - for standard input.")
  private Path file;

  @Override
  public void run() {
    String text = FlowFile.read(file);
    Answer<FlowView.Deployed> answer = root.api().deploy(text, FlowFile.isJson(file));
    FlowView.Deployed deployed = answer.value();
    root.say(
        root.json()
            ? answer.json()
            : deployed.changed()
                ? "Deployed " + deployed.ref()
                : "Unchanged: " + deployed.ref() + " is current already");
  }
}
