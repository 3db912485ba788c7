package io.millrace.client.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples do what they say. */
class ExamplesTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("millrace.home", ".."), "examples");

  @TempDir private Path folder;

  /** The examples that are flow documents; the Metaflow flow is run by its own tests. */
  static List<String> names() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("flow.yaml")))
          .map(example -> example.getFileName().toString())
          .toList();
    }
  }

  private static JsonNode document(String name) throws IOException {
    return FlowDocuments.parse(Files.readString(EXAMPLES.resolve(name).resolve("flow.yaml")));
  }

  /** Runs an example with its defaults, apart from these parameters. */
  private Workbench run(String name, Map<String, Object> parameters) throws Exception {
    JsonNode document = document(name);
    var values = new TreeMap<String, JsonNode>();
    FlowDocumentReader.read(document)
        .parameters()
        .forEach(
            (parameter, declared) -> {
              if (declared.defaultValue() != null) {
                values.put(parameter, declared.defaultValue());
              }
            });
    parameters.forEach((parameter, value) -> values.put(parameter, Json.tree(value)));
    return new Workbench(folder).run(document, values);
  }

  @ParameterizedTest
  @MethodSource("names")
  void isValidAndNamedAfterItsFolder(String name) throws IOException {
    FlowDocument flow = FlowDocumentReader.read(document(name));
    FlowGraph.of(flow);
    assertThat(flow.name()).isEqualTo(name);
    assertThat(flow.description()).isNotBlank();
  }

  @Test
  void countsTheWordsOfEachText() throws Exception {
    Path texts = EXAMPLES.resolve("word-count").resolve("texts").toAbsolutePath();
    var run = run("word-count", Map.of("folder", texts.toString(), "top", 3));

    assertThat(run.result()).isEqualTo(RunChange.SUCCEEDED);
    assertThat(run.outputs().path("texts").asInt()).isEqualTo(6);
    assertThat(run.outputs().path("most_frequent").properties().iterator().next().getKey())
        .isEqualTo("the");
    assertThat(run.outputs().path("most_frequent")).isInstanceOf(ObjectNode.class).hasSize(3);
    assertThat(run.written())
        .containsPattern("count-5: the-watchman.txt: \\d+ words")
        .contains("merge: added up 6 texts")
        .contains("words in 6 texts; the most frequent:");
  }

  @Test
  void saysWhatIsWrongWithTheFolder() throws Exception {
    var run = run("word-count", Map.of("folder", "/no/such"));

    assertThat(run.result()).isEqualTo(RunChange.FAILED);
    assertThat(run.written()).contains("start: There is no folder /no/such.");
  }

  @Test
  void retriesRepeatsAndSwitches() throws Exception {
    var run = run("retry-and-switch", Map.of("number", 49));

    assertThat(run.result()).isEqualTo(RunChange.SUCCEEDED);
    assertThat(Json.text(run.outputs())).isEqualTo("{\"root\":7,\"kind\":\"whole\"}");
    assertThat(run.written())
        .contains("fetch: the line is busy", "fetch: got 49 on attempt 1", "refine.3: ")
        .contains("end: The root of 49 is 7.");
  }

  @Test
  void takesTheOtherBranchToo() throws Exception {
    var run = run("retry-and-switch", Map.of());

    assertThat(run.outputs().path("kind").asText()).isEqualTo("broken");
    assertThat(run.outputs().path("root").asDouble()).isBetween(1.41421356, 1.41421357);
  }

  @Test
  void aGangMeets() throws Exception {
    var run = run("gang", Map.of("n", 1000));

    assertThat(run.result()).isEqualTo(RunChange.SUCCEEDED);
    assertThat(Json.text(run.outputs())).isEqualTo("{\"members\":3,\"sum\":333833500}");
    assertThat(run.written()).contains("work: heard from node 1", "work: heard from node 2");
  }
}
