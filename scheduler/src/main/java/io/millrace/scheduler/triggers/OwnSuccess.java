package io.millrace.scheduler.triggers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.events.CloudEvents;
import io.millrace.events.Event;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.TaskId;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.End;
import io.millrace.events.flow.FlowDocument.Step;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What succeeds here, as an event that flows may wait for. Names and payload are those by which
 * Metaflow's flows know each other's successes: {@code metaflow.<flow>.<step>} and {@code
 * metaflow.<flow>.end}, with the path of the task.
 */
final class OwnSuccess {
  /** The types of CloudEvents that are looked at. */
  static final Set<String> TYPES =
      Set.of("io.millrace.run." + RunChange.SUCCEEDED, "io.millrace.task." + TaskChange.SUCCEEDED);

  private static final String END = "end";

  private OwnSuccess() {}

  /**
   * The event that a success is.
   *
   * @param time when it happened
   * @return nothing for the last step where it is called {@code end}: the run's own success, which
   *     follows, has that name
   */
  static Optional<Occurrence> of(
      Event event, CloudEvents.Attributes attributes, FlowDocument flow, Instant time) {
    Step last =
        flow.steps().stream().filter(step -> step.next() instanceof End).findFirst().orElseThrow();
    return switch (event) {
      case Event.RunChanged run ->
          Optional.of(
              occurrence(
                  event,
                  attributes,
                  flow,
                  TaskId.of(last.name()),
                  END,
                  List.of(flow.announcedAs() + "." + END, "flow " + flow.name()),
                  time));
      case Event.TaskChanged task ->
          task.step().value().equals(END) && task.step().equals(last.name())
              ? Optional.empty()
              : Optional.of(
                  occurrence(
                      event,
                      attributes,
                      flow,
                      task.task(),
                      task.step().value(),
                      List.of(
                          flow.announcedAs() + "." + task.step(),
                          "flow " + flow.name() + " step " + task.step()),
                      time));
    };
  }

  private static Occurrence occurrence(
      Event event,
      CloudEvents.Attributes attributes,
      FlowDocument flow,
      TaskId task,
      String name,
      List<String> labels,
      Instant time) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    if (flow.announce() != null) {
      flow.announce().payload().forEach(payload::set);
    }
    if (event instanceof Event.TaskChanged changed && changed.outcome() != null) {
      JsonNode outputs = changed.outcome().outputs();
      if (outputs != null && outputs.isObject()) {
        outputs.properties().forEach(entry -> payload.set(entry.getKey(), entry.getValue()));
      }
    }
    String flowName = payload.path("flow_name").asText(flow.name());
    String path = flowName + "/" + event.run() + "/" + task.step() + "/" + task;
    payload.put("name", flow.announcedAs() + "." + name);
    payload.put("id", path);
    payload.put("pathspec", path);
    payload.put("flow_name", flowName);
    payload.put("run_id", event.run().value());
    payload.put("step_name", task.step().value());
    payload.put("task_id", task.toString());
    payload.put("timestamp", time.getEpochSecond());
    payload.put(
        "utc_date",
        DateTimeFormatter.BASIC_ISO_DATE.format(time.atZone(ZoneOffset.UTC).toLocalDate()));
    boolean isRun = event instanceof Event.RunChanged;
    return new Occurrence(
        labels,
        Occurrence.identity(attributes.source(), attributes.id()),
        new TriggerEvent(
            payload.path("name").asText(),
            path,
            time,
            isRun ? TriggerEvent.Type.RUN : TriggerEvent.Type.EVENT),
        payload);
  }
}
