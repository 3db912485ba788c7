package io.millrace.scheduler.triggers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.events.CloudEvents;
import io.millrace.events.Event;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.End;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What ends here, as events that flows may wait for. Names and payload of successes are those by
 * which Metaflow's flows know each other's: {@code metaflow.<flow>.<step>} and {@code
 * metaflow.<flow>.end}, with the path of the task.
 */
final class OwnEvents {
  /** The types of CloudEvents that are looked at. */
  static final Set<String> TYPES =
      Set.of(
          "io.millrace.task." + TaskChange.SUCCEEDED,
          "io.millrace.run." + RunChange.SUCCEEDED,
          "io.millrace.run." + RunChange.FAILED,
          "io.millrace.run." + RunChange.CANCELLED,
          "io.millrace.run." + RunChange.TIMED_OUT);

  private static final String END = "end";

  private final CloudEvents.Attributes attributes;
  private final FlowDocument flow;
  private final Instant time;

  private OwnEvents(CloudEvents.Attributes attributes, FlowDocument flow, Instant time) {
    this.attributes = attributes;
    this.flow = flow;
    this.time = time;
  }

  /**
   * What flows may wait for when something has ended.
   *
   * @param time when it happened
   * @return nothing for the last step where it is called {@code end}: the run's own success, which
   *     follows, has that name
   */
  static Optional<Occurrence> of(
      Event event, CloudEvents.Attributes attributes, FlowDocument flow, Instant time) {
    var events = new OwnEvents(attributes, flow, time);
    StepName last =
        flow.steps().stream()
            .filter(step -> step.next() instanceof End)
            .findFirst()
            .orElseThrow()
            .name();
    return switch (event) {
      case Event.RunChanged run when run.state() == RunChange.SUCCEEDED ->
          Optional.of(events.succeeded(run, TaskId.of(last)));
      case Event.RunChanged run -> Optional.of(events.failed(run));
      case Event.TaskChanged task ->
          task.step().value().equals(END) && task.step().equals(last)
              ? Optional.empty()
              : Optional.of(events.succeeded(task));
    };
  }

  private Occurrence succeeded(Event.RunChanged run, TaskId last) {
    String name = flow.announcedAs() + "." + END;
    ObjectNode payload = ofTask(run, last);
    payload.put("result", run.state().toString());
    return occurrence(List.of(name, "flow " + flow.name()), name, payload, TriggerEvent.Type.RUN);
  }

  private Occurrence succeeded(Event.TaskChanged task) {
    String name = flow.announcedAs() + "." + task.step();
    ObjectNode payload = ofTask(task, task.task());
    JsonNode outputs = task.outcome() == null ? null : task.outcome().outputs();
    if (outputs != null && outputs.isObject()) {
      outputs
          .properties()
          .forEach(
              output -> {
                if (!payload.has(output.getKey())) {
                  payload.set(output.getKey(), output.getValue());
                }
              });
    }
    return occurrence(
        List.of(name, "flow " + flow.name() + " step " + task.step()),
        name,
        payload,
        TriggerEvent.Type.EVENT);
  }

  /** Its path names no task: there may be none that is to blame. */
  private Occurrence failed(Event.RunChanged run) {
    ObjectNode payload = ofRun(run);
    payload.put("result", run.state().toString());
    payload.put("message", run.message());
    payload.put("pathspec", path(payload));
    payload.put("id", path(payload) + "/" + run.state());
    return occurrence(
        List.of("flow " + flow.name() + " failed"),
        flow.announcedAs() + " failed",
        payload,
        TriggerEvent.Type.RUN);
  }

  private ObjectNode ofTask(Event event, TaskId task) {
    ObjectNode payload = ofRun(event);
    String path = path(payload) + "/" + task.step() + "/" + task;
    payload.put("id", path);
    payload.put("pathspec", path);
    payload.put("step_name", task.step().value());
    payload.put("task_id", task.toString());
    return payload;
  }

  private ObjectNode ofRun(Event event) {
    ObjectNode payload = JsonNodeFactory.instance.objectNode();
    if (flow.announce() != null) {
      flow.announce().payload().forEach(payload::set);
    }
    payload.put("flow_name", payload.path("flow_name").asText(flow.name()));
    payload.put("run_id", event.run().value());
    payload.put("timestamp", time.getEpochSecond());
    payload.put(
        "utc_date",
        DateTimeFormatter.BASIC_ISO_DATE.format(time.atZone(ZoneOffset.UTC).toLocalDate()));
    return payload;
  }

  private static String path(ObjectNode payload) {
    return payload.path("flow_name").asText() + "/" + payload.path("run_id").asText();
  }

  private Occurrence occurrence(
      List<String> labels, String name, ObjectNode payload, TriggerEvent.Type type) {
    payload.put("name", name);
    return new Occurrence(
        labels,
        Occurrence.identity(attributes.source(), attributes.id()),
        TriggerEvent.of(name, payload.path("id").asText(), time, type),
        payload);
  }
}
