package io.millrace.scheduler.launch.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.AttemptId;
import io.millrace.events.FlowRef;
import io.millrace.events.Order;
import io.millrace.events.RunId;
import io.millrace.events.flow.FlowDocument.Container;
import io.millrace.events.flow.FlowDocument.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Orders for tests. */
final class Orders {
  static final Instant LATER = Instant.parse("2100-01-01T00:00:00Z");
  static final FlowRef FLOW = new FlowRef("weather", "0".repeat(64));

  private Orders() {}

  static AttemptId attempt(String task) {
    return AttemptId.parse("run-1/" + task + "/0");
  }

  /** An order that runs a shell's script. */
  static Order.Launch shell(String task, String script) {
    return launch(attempt(task), container(script), 0, Map.of(), LATER);
  }

  static Order.Launch gang(String task, int members, String script) {
    return launch(attempt(task), container(script), members, Map.of(), LATER);
  }

  static Container container(String script) {
    return new Container(null, List.of("sh", "-c", script), null, null, null);
  }

  static Order.Launch launch(
      AttemptId of,
      Container container,
      int gang,
      Map<String, JsonNode> parameters,
      Instant notAfter) {
    return new Order.Launch(
        of,
        FLOW,
        container,
        Resources.NONE,
        null,
        null,
        List.of("start"),
        null,
        parameters,
        gang,
        0,
        false,
        List.of(RunId.of("run-0")),
        notAfter,
        List.of());
  }
}
