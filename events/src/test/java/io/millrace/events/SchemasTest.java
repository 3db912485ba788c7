package io.millrace.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.millrace.events.flow.Announce;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.FlowSamples;
import io.millrace.events.flow.Kubernetes;
import io.millrace.events.flow.Triggers;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The JSON Schemas that other programs go by say what the codec does. */
class SchemasTest {
  private static final int MUTATIONS = 4000;

  private static JsonNode document(String name) {
    String resource = "schemas/" + name + ".json";
    try (InputStream stream = Json.class.getResourceAsStream(resource)) {
      assertThat(stream).as(resource).isNotNull();
      return new ObjectMapper().readTree(stream);
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }

  private static JsonSchema schema(String name) {
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(document(name));
  }

  private static void fits(JsonSchema schema, JsonNode instance) {
    assertThat(schema.validate(instance)).as("%s", instance).isEmpty();
  }

  @Test
  void everyRequestAndEventThatIsWrittenFitsItsSchema() {
    JsonSchema request = schema("run-request");
    Samples.requests().forEach(sample -> fits(request, Json.tree(sample)));
    for (Event event : Samples.events()) {
      fits(schema(nameOf(event)), Json.tree(event));
    }
    fits(schema("outcome"), Json.tree(Samples.OUTCOME));
    fits(schema("outcome"), Json.tree(Outcome.SUCCESS));
  }

  private static String nameOf(Event event) {
    return switch (event) {
      case Event.RunChanged run -> "run-changed";
      case Event.TaskChanged task -> "task-changed";
    };
  }

  @Test
  void whatASchemaRefusesIsRefusedByTheReader() {
    refusedAlike("run-request", Json.tree(Samples.requests().getFirst()), RunRequest.class);
    refusedAlike("outcome", Json.tree(Samples.OUTCOME), Outcome.class);
    for (Event event : Samples.events()) {
      refusedAlike(nameOf(event), Json.tree(event), event.getClass());
    }
  }

  private static void refusedAlike(String name, JsonNode good, Class<?> type) {
    JsonSchema schema = schema(name);
    var mutations = new Mutations(new SplittableRandom(3));
    int refused = 0;
    for (int i = 0; i < MUTATIONS / 10; i++) {
      JsonNode changed = mutations.of(good);
      if (!schema.validate(changed).isEmpty()) {
        refused++;
        assertThat(Json.read(Json.write(changed), type, "a record"))
            .as("%s: %s", changed, schema.validate(changed))
            .isInstanceOf(Decoded.NotUnderstood.class);
      }
    }
    assertThat(refused).as(name).isPositive();
  }

  @Test
  void flowsThatAreReadFitTheirSchemaAndOthersDoNot() {
    JsonSchema schema = schema("flow-document");
    JsonNode good = FlowDocuments.parse(FlowSamples.FULL);
    fits(schema, good);
    var mutations = new Mutations(new SplittableRandom(4));
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      JsonNode changed = mutations.of(good);
      if (!schema.validate(changed).isEmpty()) {
        refused++;
        var problems = new ArrayList<FlowProblem>();
        FlowDocumentReader.read(changed, problems);
        assertThat(problems).as("%s: %s", changed, schema.validate(changed)).isNotEmpty();
      }
    }
    assertThat(refused).isGreaterThan(MUTATIONS / 4);
  }

  @Test
  void schemasListTheFieldsOfTheirRecords() {
    lists(document("run-request"), RunRequest.class);
    lists(document("run-changed"), Event.RunChanged.class);
    lists(document("task-changed"), Event.TaskChanged.class);
    lists(document("task-changed").at("/properties/cause"), Cause.class);
    lists(document("task-changed").at("/properties/outcome"), Outcome.class);
    lists(document("outcome"), Outcome.class);
    JsonNode flow = document("flow-document");
    JsonNode step = flow.at("/properties/steps/items");
    lists(flow, FlowDocument.class);
    lists(flow.at("/properties/parameters/additionalProperties"), FlowDocument.Parameter.class);
    lists(flow.at("/properties/limits"), FlowDocument.Limits.class);
    lists(flow.at("/properties/triggers"), Triggers.class);
    lists(flow.at("/properties/triggers/properties/events/items"), Triggers.On.class);
    lists(flow.at("/properties/announce"), Announce.class);
    lists(document("run-request").at("/properties/triggeredBy/items"), TriggerEvent.class);
    lists(step, FlowDocument.Step.class);
    lists(step.at("/properties/container"), FlowDocument.Container.class);
    lists(step.at("/properties/resources"), FlowDocument.Resources.class);
    lists(step.at("/properties/kubernetes"), Kubernetes.class);
    lists(step.at("/properties/kubernetes/properties/tmpfs"), Kubernetes.Tmpfs.class);
    lists(step.at("/properties/retry"), FlowDocument.Retry.class);
    lists(step.at("/properties/fallback"), FlowDocument.Fallback.class);
  }

  private static void lists(JsonNode schema, Class<? extends Record> type) {
    var listed = new TreeSet<String>();
    schema.path("properties").fieldNames().forEachRemaining(listed::add);
    var fields = new TreeSet<String>();
    for (RecordComponent component : type.getRecordComponents()) {
      JsonProperty renamed = component.getAccessor().getAnnotation(JsonProperty.class);
      String name = renamed == null ? component.getName() : renamed.value();
      fields.add(name.equals("defaultValue") ? "default" : name);
    }
    assertThat(listed).as("%s", type).isEqualTo(fields);
  }

  @Test
  void schemasListTheValuesOfTheirEnums() {
    JsonNode task = document("task-changed");
    enumerates(task.at("/properties/state"), List.of(Event.TaskChange.values()));
    enumerates(task.at("/properties/cause/properties/kind"), List.of(Cause.Kind.values()));
    enumerates(
        document("run-request").at("/properties/triggeredBy/items/properties/type"),
        List.of(TriggerEvent.Type.values()));
    enumerates(
        document("flow-document")
            .at("/properties/triggers/properties/events/items/properties/result"),
        List.of(Triggers.Result.values()));
    enumerates(
        document("flow-document").at("/properties/triggers/properties/match"),
        List.of(Triggers.Match.values()));
    enumerates(document("run-changed").at("/properties/state"), List.of(Event.RunChange.values()));
    enumerates(
        document("flow-document").at("/properties/parameters/additionalProperties/properties/type"),
        List.of(FlowDocument.Type.values()).stream().map(FlowDocument.Type::text).toList());
  }

  private static void enumerates(JsonNode schema, List<?> values) {
    var listed = new ArrayList<String>();
    schema.path("enum").forEach(value -> listed.add(value.textValue()));
    assertThat(listed).isEqualTo(values.stream().map(Object::toString).toList());
  }

  @Test
  void everyFieldIsDescribed() {
    for (String name :
        List.of("run-request", "run-changed", "task-changed", "outcome", "flow-document")) {
      JsonNode document = document(name);
      assertThat(document.path("$schema").asText())
          .isEqualTo("https://json-schema.org/draft/2020-12/schema");
      described(name, document);
    }
  }

  private static void described(String where, JsonNode schema) {
    for (JsonNode properties : schema.findValues("properties")) {
      Set<String> names = new TreeSet<>();
      properties.fieldNames().forEachRemaining(names::add);
      for (String field : names) {
        boolean bound = properties.get(field).size() == 1 && properties.get(field).has("minItems");
        assertThat(bound || properties.get(field).hasNonNull("description"))
            .as("%s: %s", where, field)
            .isTrue();
      }
    }
  }
}
