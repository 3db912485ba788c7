package io.millrace.scheduler.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.CloudEvents;
import io.millrace.events.Event;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an event gives a run, and which events what ends here is. */
class OccurrenceTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final CloudEvents.Attributes ATTRIBUTES =
      new CloudEvents.Attributes("1-2-3", "/millrace/commands/1", "type");

  private static FlowDocument flow(String rest) {
    return FlowDocumentReader.read(
        FlowDocuments.parse(
            """
            name: f
            parameters:
              s: {type: string}
              i: {type: integer}
              n: {type: number}
              b: {type: boolean}
              j: {type: json}
            steps: [{name: only, container: {command: ["true"]}}]
            """
                + rest));
  }

  private static Map<String, JsonNode> parameters(Object value) {
    FlowDocument flow =
        flow(
            "triggers: {events: [{event: e, parameters: {s: v, i: v, n: v, b: v, j: v}, where: {k: '7'}}]}");
    var occurrence =
        new Occurrence(
            List.of("e"),
            "ab",
            TriggerEvent.of("e", "1", TIME, TriggerEvent.Type.EVENT),
            Json.tree(Map.of("v", value, "k", 7)));
    assertThat(occurrence.fits(flow.triggers().events().getFirst())).isTrue();
    return occurrence.parameters(flow, flow.triggers().events().getFirst());
  }

  @Test
  void textsAreReadAsWhatTheParameterIs() {
    assertThat(parameters("12"))
        .isEqualTo(
            Map.of(
                "s", Json.tree("12"),
                "i", Json.tree(12),
                "n", Json.tree(12),
                "b", Json.tree("12"),
                "j", Json.tree(12)));
    assertThat(parameters("true")).containsEntry("b", Json.tree(true));
    assertThat(parameters("[1]")).containsEntry("j", Json.tree(List.of(1)));
    assertThat(parameters("plain")).containsEntry("j", Json.tree("plain"));
  }

  @Test
  void whatIsOfTheTypeStays() {
    assertThat(parameters(1.5))
        .containsEntry("n", Json.tree(1.5))
        .containsEntry("s", Json.tree("1.5"));
    assertThat(parameters(List.of("a"))).containsEntry("j", Json.tree(List.of("a")));
    // What does not fit is left to the judgement of the run's request.
    assertThat(parameters("x")).containsEntry("i", Json.tree("x"));
  }

  private static final RunId RUN = RunId.of("run");
  private static final FlowRef REF = FlowRef.parse("f@" + "a".repeat(64));

  private static Event.TaskChanged task(String step, Map<String, ?> outputs) {
    TaskId id = TaskId.parse(step + "-3");
    var outcome = new Outcome(1, true, null, null, null, null, null, Json.tree(outputs));
    return new Event.TaskChanged(
        RUN, REF, id.step(), id, 0, TaskChange.SUCCEEDED, null, null, outcome);
  }

  @Test
  void aTasksSuccessHasItsOutputsAndItsPath() {
    Occurrence found =
        OwnEvents.of(task("only", Map.of("rows", 5, "run_id", "no")), ATTRIBUTES, flow(""), TIME)
            .orElseThrow();
    assertThat(found.labels()).containsExactly("millrace.f.only", "flow f step only");
    assertThat(found.event().id()).isEqualTo("f/run/only/only-3");
    assertThat(found.payload().get("rows").intValue()).isEqualTo(5);
    assertThat(found.payload().get("run_id").textValue()).isEqualTo("run");
  }

  @Test
  void aRunsSuccessHasMetaflowsNameAndPathWhateverItsLastStepIsCalled() {
    FlowDocument flow =
        flow("announce: {prefix: metaflow.p.F, payload: {flow_name: F, project_name: p}}");
    Occurrence found =
        OwnEvents.of(
                new Event.RunChanged(RUN, REF, RunChange.SUCCEEDED, null, null),
                ATTRIBUTES,
                flow,
                TIME)
            .orElseThrow();
    assertThat(found.labels()).containsExactly("metaflow.p.F.end", "flow f");
    assertThat(found.event())
        .isEqualTo(
            new TriggerEvent("metaflow.p.F.end", "F/run/only/only", TIME, TriggerEvent.Type.RUN));
    assertThat(found.payload().get("project_name").textValue()).isEqualTo("p");
    assertThat(found.payload().get("utc_date").textValue()).isEqualTo("20260102");
  }

  @Test
  void aLastStepCalledEndIsToldByItsRunAlone() {
    FlowDocument flow =
        FlowDocumentReader.read(
            FlowDocuments.parse(
                "{name: f, steps: [{name: a, container: {command: [x]}, next: end}, {name: end, container: {command: [x]}}]}"));
    assertThat(OwnEvents.of(task("end", Map.of()), ATTRIBUTES, flow, TIME)).isEmpty();
    assertThat(OwnEvents.of(task("a", Map.of()), ATTRIBUTES, flow, TIME)).isPresent();
  }
}
