package io.millrace.client.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.Sample;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterValuesTest {
  private static final Optional<FlowDocument> FLOW =
      Optional.of(FlowDocumentReader.read(Sample.DOCUMENT));

  private static String read(Optional<FlowDocument> flow, String name, String value) {
    return Json.text(ParameterValues.read(Map.of(name, value), flow).get(name));
  }

  @Test
  void theFlowsTypesDecide() {
    assertThat(read(FLOW, "name", "17")).isEqualTo("\"17\"");
    assertThat(read(FLOW, "lines", "17")).isEqualTo("17");
    assertThat(read(FLOW, "ratio", "1e3")).isEqualTo("1E+3");
    assertThat(read(FLOW, "fast", "true")).isEqualTo("true");
    assertThat(read(FLOW, "config", "{\"a\": [1]}")).isEqualTo("{\"a\":[1]}");
  }

  @Test
  void withoutTheFlowAValueIsJsonOrElseAText() {
    assertThat(read(Optional.empty(), "x", "17")).isEqualTo("17");
    assertThat(read(Optional.empty(), "x", "[1, 2]")).isEqualTo("[1,2]");
    assertThat(read(Optional.empty(), "x", "a text")).isEqualTo("\"a text\"");
    assertThat(read(Optional.empty(), "x", "1 2")).isEqualTo("\"1 2\"");
    assertThat(read(Optional.empty(), "x", "")).isEqualTo("\"\"");
  }

  @Test
  void readsFiles(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"depth\": 3}");
    assertThat(read(FLOW, "config", "@" + file)).isEqualTo("{\"depth\":3}");
    assertThat(read(FLOW, "name", "@" + file)).isEqualTo("\"{\\\"depth\\\": 3}\"");
    assertThat(read(FLOW, "name", "@@home")).isEqualTo("\"@home\"");
    assertThatThrownBy(() -> read(FLOW, "config", "@/no/such"))
        .hasMessage(
            "Parameter 'config': there is no file '/no/such'. A text that begins with @ is written @@.");
  }

  @Test
  void saysWhatIsWrong() {
    assertThatThrownBy(() -> read(FLOW, "lines", "many"))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "Parameter 'lines' is of type integer, found 'many'; expected a whole number such as 42.");
    assertThatThrownBy(() -> read(FLOW, "fast", "yes"))
        .hasMessageEndingWith("expected true or false.");
    assertThatThrownBy(() -> read(FLOW, "line", "5"))
        .hasMessage(
            "Flow train has no parameter 'line'; it takes lines, name, ratio, fast, config.");
  }

  @Test
  void asksForWhatTheFlowNeeds() {
    FlowDocument flow =
        FlowDocumentReader.read(
            FlowDocuments.parse(
                """
                name: f
                parameters: {folder: {required: true, description: where the texts are}}
                steps: [{name: a, container: {command: [ls]}}]
                """));
    assertThatThrownBy(() -> ParameterValues.read(Map.of(), Optional.of(flow)))
        .hasMessage(
            "Flow f needs parameter 'folder' (where the texts are): give --param folder=<string>.");
  }
}
