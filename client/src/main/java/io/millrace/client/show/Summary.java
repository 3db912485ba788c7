package io.millrace.client.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.show.Style.Tone;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * What is said when a followed run is over.
 *
 * @param run the run
 * @param result how it ended
 * @param message why; null when there is nothing to say
 * @param took from its start; null when that was not seen
 * @param failures of its tasks, the first ones when there are very many
 * @param failed how many there were in all
 * @param outputs of the last step; null when there are none
 */
public record Summary(
    RunId run,
    RunChange result,
    String message,
    Duration took,
    List<FailedTask> failures,
    int failed,
    JsonNode outputs) {
  private static final int MOST = 10;

  public List<String> lines(Style style) {
    var lines = new ArrayList<String>();
    lines.add(verdict().text(style));
    failures.stream().limit(MOST).forEach(task -> lines.add(failure(task).text(style)));
    int more = failed - Math.min(MOST, failures.size());
    if (more > 0) {
      lines.add("  and %d more failed".formatted(more));
    }
    if (!failures.isEmpty()) {
      lines.add("See what they wrote:");
      var steps = new LinkedHashSet<StepName>();
      failures.forEach(task -> steps.add(task.step()));
      steps.stream()
          .limit(MOST)
          .forEach(step -> lines.add("  millrace logs %s %s".formatted(run, step)));
    }
    if (outputs != null) {
      lines.add("Outputs:");
      lines.addAll(outputLines());
    }
    return lines;
  }

  private Line verdict() {
    boolean good = result == RunChange.SUCCEEDED;
    var line =
        new Line()
            .add("Run " + run + " ")
            .add(good ? Tone.GOOD : Tone.BAD, result.toString().replace('-', ' '));
    if (took != null) {
      line.add((good ? " in " : " after ") + Elapsed.text(took));
    }
    return message == null ? line.add(".") : line.add(": " + message);
  }

  private static Line failure(FailedTask task) {
    return new Line()
        .add("  ")
        .add(Tone.BAD, task.task() + "/" + task.attempt())
        .add("  " + FailedTask.text(task.cause()));
  }

  private List<String> outputLines() {
    if (!outputs.isObject()) {
      return List.of("  " + Json.text(outputs));
    }
    var lines = new ArrayList<String>();
    for (Map.Entry<String, JsonNode> entry : outputs.properties()) {
      JsonNode value = entry.getValue();
      lines.add(
          "  %s: %s"
              .formatted(
                  Columns.harmless(entry.getKey()),
                  value.isTextual() ? Columns.harmless(value.textValue()) : Json.text(value)));
    }
    return lines;
  }
}
