package io.millrace.client.show;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.show.Style.Tone;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** All that is known of a run at one moment. */
public final class RunReport {
  private static final int MOST = 10;
  private static final int LABELS = 12;
  private static final Terminal.Size UNBOUNDED = new Terminal.Size(10_000, 10_000);

  private final StepLayout layout;
  private final Style style;
  private final DateTimeFormatter clock;

  public RunReport(StepLayout layout, Style style, ZoneId zone) {
    this.layout = layout;
    this.style = style;
    this.clock = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(zone);
  }

  /**
   * The lines.
   *
   * @param failures tasks that failed for good
   * @param waiting tasks that say what they wait for
   */
  public List<String> lines(
      RunView run, List<FailedTask> failures, List<TaskView> waiting, Instant now) {
    var lines = new ArrayList<String>();
    head(run, lines);
    lines.add("");
    lines.addAll(new RunTree(layout, style).lines(run, List.of(), now, UNBOUNDED));
    if (!waiting.isEmpty()) {
      lines.add("");
      lines.add("Waiting:");
      waiting.stream().limit(MOST).forEach(task -> lines.add(waiting(task).text(style)));
      more(waiting.size(), lines);
    }
    if (!failures.isEmpty()) {
      lines.add("");
      lines.add("Failed:");
      failures.stream().limit(MOST).forEach(task -> lines.add(failure(task).text(style)));
      more(failures.size(), lines);
      lines.add("See what they wrote:");
      failures.stream()
          .map(FailedTask::step)
          .collect(Collectors.toCollection(LinkedHashSet::new))
          .forEach(step -> lines.add("  millrace logs %s %s".formatted(run.run(), step)));
    }
    return lines;
  }

  private void head(RunView run, List<String> lines) {
    field(lines, "Flow", run.flow().toString());
    field(lines, "Started", run.started() == null ? "" : clock.format(run.started()));
    field(lines, "Ended", run.ended() == null ? "" : clock.format(run.ended()));
    field(lines, "Message", run.message() == null ? "" : run.message());
    field(lines, "Priority", run.priority() == 0 ? "" : Integer.toString(run.priority()));
    field(lines, "Tags", run.tags() == null ? "" : String.join(" ", run.tags()));
    if (run.origins() != null) {
      String origins = run.origins().stream().map(RunId::value).collect(Collectors.joining(" "));
      field(lines, "Goes on from", origins);
    }
    Map<String, JsonNode> parameters = run.parameters() == null ? Map.of() : run.parameters();
    parameters.forEach(
        (name, value) ->
            field(
                lines,
                "Parameter",
                name + "=" + (value.isTextual() ? value.textValue() : Json.text(value))));
  }

  private void field(List<String> lines, String label, String value) {
    if (!value.isEmpty()) {
      lines.add(new Line().add(Tone.FAINT, label).to(LABELS + 1).add(value).text(style));
    }
  }

  private static void more(int all, List<String> lines) {
    if (all > MOST) {
      lines.add("  and %d more".formatted(all - MOST));
    }
  }

  private static Line waiting(TaskView task) {
    return new Line()
        .add("  ")
        .add(Tone.WARNING, task.task() + "/" + task.attempt())
        .add("  " + task.state() + ": " + task.message());
  }

  private static Line failure(FailedTask task) {
    return new Line()
        .add("  ")
        .add(Tone.BAD, task.task() + "/" + task.attempt())
        .add("  " + FailedTask.text(task.cause()));
  }
}
