package io.millrace.client.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.InvalidFlowException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Says everything that is wrong with a flow document, without a server. */
@Command(
    name = "validate",
    sortOptions = false,
    description = "Checks a flow document on this machine, and says everything that is wrong.",
    footerHeading = "%nExample:%n",
    footer = "  millrace validate flow.yaml")
final class ValidateCommand implements Callable<Integer> {
  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "FILE", description = "YAML or JSON; - for standard input.")
  private Path file;

  @Override
  public Integer call() {
    String text = FlowFile.read(file);
    var problems = new ArrayList<FlowProblem>();
    FlowRef ref = check(text, problems);
    if (root.json()) {
      root.say(Json.text(new Verdict(problems.isEmpty(), ref, problems)));
    } else if (problems.isEmpty()) {
      root.say("%s is valid: %s".formatted(file, ref));
    } else {
      int count = problems.size();
      root.notice("%s has %d problem%s:".formatted(file, count, count == 1 ? "" : "s"));
      problems.forEach(problem -> root.notice("  " + problem));
    }
    return problems.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** The answer for programs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Verdict(boolean valid, FlowRef ref, List<FlowProblem> problems) {}

  private static FlowRef check(String text, List<FlowProblem> problems) {
    try {
      JsonNode document = FlowDocuments.parse(text);
      FlowDocument flow = FlowDocumentReader.read(document, problems);
      if (flow != null) {
        FlowGraph.check(flow, problems);
      }
      return problems.isEmpty() ? FlowDocuments.ref(document) : null;
    } catch (InvalidFlowException unreadable) {
      problems.addAll(unreadable.problems());
      return null;
    }
  }
}
