package io.millrace.client.command;

import io.millrace.client.api.ApiClient;
import io.millrace.client.show.EventLine;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.api.EventView;
import io.smallrye.mutiny.Multi;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Shows events as they are published. */
@Command(
    name = "events",
    sortOptions = false,
    description = {
      "Shows a run's events; with -f also those to come, until the run is over.",
      "Without RUN: the events of all runs from now on, until Ctrl-C.",
    },
    footerHeading = "%nExamples:%n",
    footer = {"  millrace events nightly-17", "  millrace events -f -o json"})
final class EventsCommand implements Runnable {
  @ParentCommand private MillraceCommand root;

  @Parameters(arity = "0..1", paramLabel = "RUN", description = "The run's id.")
  private String id;

  @Option(
      names = {"-f", "--follow"},
      description = "Go on with what happens.")
  private boolean follow;

  @Override
  public void run() {
    ApiClient api = root.api();
    var line = new EventLine(root.style(), root.around().zone(), id == null);
    try (var each = events(api).subscribe().asStream()) {
      each.forEach(event -> root.say(root.json() ? Json.text(event) : line.of(event)));
    }
  }

  private Multi<EventView> events(ApiClient api) {
    if (id == null) {
      return api.events(root::notice);
    }
    RunId run = Names.run(id);
    // The stream of a run that nobody knows waits for it; a person has mistyped it.
    Names.ofRun(root, api, run, () -> api.run(run));
    return follow ? api.events(run, root::notice) : api.pastEvents(run, root::notice);
  }
}
