package io.millrace.scheduler.launch.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.events.AttemptId;
import io.millrace.events.Order;
import io.millrace.events.RunId;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.FlowDocument.Container;
import io.millrace.events.flow.FlowDocument.Resources;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepEnvironmentTest {
  private static final AttemptId OF = AttemptId.parse("run-1/train-3-0/2");

  @TempDir Path folder;

  private Map<String, String> environment(Order.Launch order) throws Exception {
    var data = new DataFolder(folder);
    AttemptFolder attempt = data.attempt(order.of());
    attempt.create();
    return new StepEnvironment(
            Map.of(
                "PATH",
                "/bin",
                "HOME",
                "/root",
                "AWS_SECRET_ACCESS_KEY",
                "s",
                "AZURE_STORAGE_KEY",
                "a",
                "GOOGLE_APPLICATION_CREDENTIALS",
                "g",
                "KAFKA_X",
                "k"),
            data)
        .of(order, attempt, attempt.members().getFirst());
  }

  private static Order.Launch order(
      JsonNode item, Map<String, JsonNode> parameters, List<String> inputs, int gang) {
    var container =
        new Container(
            null, List.of("true"), null, Map.of("HOME", "/h", "MILLRACE_STEP", "x"), null);
    return new Order.Launch(
        OF,
        Orders.FLOW,
        container,
        Resources.NONE,
        null,
        null,
        inputs,
        item,
        parameters,
        gang,
        2,
        true,
        List.of(RunId.of("run-0"), RunId.of("run-9")),
        Orders.LATER,
        List.of(
            new TriggerEvent(
                "data.ready",
                "e1",
                Instant.parse("2026-01-02T03:04:05Z"),
                TriggerEvent.Type.EVENT)));
  }

  @Test
  void everythingOfAnOrder() throws Exception {
    var list = JsonNodeFactory.instance.arrayNode().add(1).add("b");
    Map<String, String> environment =
        environment(
            order(
                TextNode.valueOf("berlin"),
                Map.of("alpha", IntNode.valueOf(7), "Name", TextNode.valueOf("a b"), "l", list),
                List.of("fan-[0..2]", "start"),
                0));
    String attempt = folder + "/attempts/run-1/train-3-0/2";
    String task = folder + "/data/weather/run-1/train/train-3-0";
    assertThat(environment)
        .containsOnly(
            Map.entry("PATH", "/bin"),
            Map.entry("HOME", "/h"),
            Map.entry("MILLRACE_RUN_ID", "run-1"),
            Map.entry("MILLRACE_FLOW", "weather"),
            Map.entry("MILLRACE_STEP", "train"),
            Map.entry("MILLRACE_TASK_ID", "train-3-0"),
            Map.entry("MILLRACE_ATTEMPT", "2"),
            Map.entry("MILLRACE_SPLIT_INDEX", "0"),
            Map.entry("MILLRACE_ITEM", "berlin"),
            Map.entry("MILLRACE_INPUTS", "fan-[0..2],start"),
            Map.entry("MILLRACE_INPUTS_FILE", attempt + "/inputs"),
            Map.entry("MILLRACE_ORIGIN_RUNS", "run-0,run-9"),
            Map.entry("MILLRACE_PARAM_ALPHA", "7"),
            Map.entry("MILLRACE_PARAM_NAME", "a b"),
            Map.entry("MILLRACE_PARAM_L", "[1,\"b\"]"),
            Map.entry("MILLRACE_OUTCOME_FILE", attempt + "/outcome.json"),
            Map.entry("MILLRACE_DATA_DIR", task),
            Map.entry("MILLRACE_DATA_URI", "file://" + task),
            Map.entry(
                "MILLRACE_TRIGGERED_BY",
                "[{\"name\":\"data.ready\",\"id\":\"e1\",\"time\":\"2026-01-02T03:04:05Z\",\"type\":\"event\"}]"),
            Map.entry("MILLRACE_USER_FAILURES", "2"),
            Map.entry("MILLRACE_FALLBACK", "1"),
            Map.entry("TRACEPARENT", environment.get("TRACEPARENT")));
    assertThat(environment.get("TRACEPARENT")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
    assertThat(folder.resolve("attempts/run-1/train-3-0/2/inputs"))
        .hasContent("fan-0\nfan-1\nfan-2\nstart\n");
  }

  @Test
  void whatIsTooLongGoesIntoFiles() throws Exception {
    String big = "x".repeat(StepEnvironment.LONGEST + 1);
    List<String> inputs =
        IntStream.range(0, 20_000).mapToObj(i -> "step" + (char) ('a' + i % 26) + "-" + i).toList();
    Map<String, String> environment =
        environment(
            order(
                TextNode.valueOf(big),
                Map.of("big", TextNode.valueOf(big), "nul", TextNode.valueOf("a\0b")),
                inputs,
                2));
    assertThat(environment)
        .doesNotContainKeys(
            "MILLRACE_PARAM_BIG", "MILLRACE_INPUTS", "MILLRACE_ITEM", "MILLRACE_PARAM_NUL")
        .containsEntry("MILLRACE_NODE_INDEX", "0")
        .containsEntry("MILLRACE_NUM_NODES", "2");
    assertThat(Path.of(environment.get("MILLRACE_PARAM_BIG_FILE"))).hasContent(big);
    assertThat(Path.of(environment.get("MILLRACE_ITEM_FILE"))).hasContent(big);
    assertThat(Path.of(environment.get("MILLRACE_PARAM_NUL_FILE"))).hasContent("a\0b");
    assertThat(Path.of(environment.get("MILLRACE_INPUTS_FILE"))).content().hasLineCount(20_000);
  }
}
