package io.millrace.scheduler.launch.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Json;
import io.millrace.events.Order;
import io.millrace.events.TaskRanges;
import io.millrace.scheduler.launch.OrderVariables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a step's process sees of its order. Linux bounds one variable to 128 KiB: what is longer
 * than {@link #LONGEST} goes into a file beside the order.
 */
final class StepEnvironment {
  /** The most bytes of one value. */
  static final int LONGEST = 100 * 1024;

  /** The server's own settings and secrets, which are no step's business. */
  private static final List<String> PRIVATE =
      List.of("MILLRACE_", "QUARKUS_", "KAFKA_", "AWS_", "AZURE_", "GOOGLE_", "MP_", "SMALLRYE_");

  private final Map<String, String> inherited;
  private final DataFolder data;

  /**
   * @param inherited the server's own environment
   * @param data where tasks have their folders
   */
  StepEnvironment(Map<String, String> inherited, DataFolder data) {
    this.inherited =
        inherited.entrySet().stream()
            .filter(entry -> PRIVATE.stream().noneMatch(entry.getKey()::startsWith))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    this.data = data;
  }

  /**
   * Every variable of one process; writes the files that some of them name. What Millrace says goes
   * before what the container says, and that before what the server has.
   */
  Map<String, String> of(Order.Launch order, AttemptFolder folder, Member member)
      throws IOException {
    var variables = new TreeMap<>(inherited);
    if (order.container().env() != null) {
      variables.putAll(order.container().env());
    }
    variables.putAll(OrderVariables.identity(order));
    inputs(order, folder, variables);
    for (Map.Entry<String, JsonNode> parameter : order.parameters().entrySet()) {
      String name = "MILLRACE_PARAM_" + parameter.getKey().toUpperCase(Locale.ROOT);
      value(name, parameter.getValue(), folder, variables);
    }
    if (order.item() != null) {
      value("MILLRACE_ITEM", order.item(), folder, variables);
    }
    Path task = data.task(order.flow(), order.of());
    variables.put("MILLRACE_DATA_DIR", task.toString());
    variables.put("MILLRACE_DATA_URI", "file://" + task.toUri().getRawPath());
    variables.put("MILLRACE_OUTCOME_FILE", member.outcome().toString());
    if (order.gang() > 0) {
      variables.put("MILLRACE_NODE_INDEX", Integer.toString(member.index()));
      variables.put("MILLRACE_NUM_NODES", Integer.toString(order.gang()));
      variables.put("MILLRACE_MAIN_ADDRESS", "127.0.0.1");
    }
    return variables;
  }

  private static void inputs(
      Order.Launch order, AttemptFolder folder, Map<String, String> variables) throws IOException {
    String ranges = String.join(",", order.inputs());
    if (ranges.length() <= LONGEST) {
      variables.put("MILLRACE_INPUTS", ranges);
    }
    Path file = folder.path().resolve("inputs");
    String lines =
        TaskRanges.expand(order.inputs()).stream()
            .map(id -> id + "\n")
            .collect(Collectors.joining());
    AtomicFiles.create(file, lines.getBytes(StandardCharsets.UTF_8));
    variables.put("MILLRACE_INPUTS_FILE", file.toString());
  }

  private static void value(
      String name, JsonNode value, AttemptFolder folder, Map<String, String> variables)
      throws IOException {
    String text = value.isTextual() ? value.textValue() : Json.text(value);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // A NUL ends a variable early; only a file can hold it.
    if (bytes.length <= LONGEST && text.indexOf('\0') < 0) {
      variables.put(name, text);
    } else {
      Path file = folder.path().resolve(name);
      AtomicFiles.create(file, bytes);
      variables.put(name + "_FILE", file.toString());
    }
  }
}
