package io.millrace.client.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Decision;
import io.millrace.core.Engine;
import io.millrace.core.Moment;
import io.millrace.core.State;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Event;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.TaskRanges;
import io.millrace.events.flow.FlowDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs a flow on one thread: the engine decides, and what it orders is run as processes, with the
 * environment that flows are promised. Time passes only when a timer is waited for.
 */
final class Workbench {
  static final RunId RUN = RunId.of("example");

  private final Engine engine = new Engine(new State(0, 1));
  private final Path folder;
  private final Deque<Order.Launch> orders = new ArrayDeque<>();
  private final List<Event> events = new ArrayList<>();
  private final StringBuilder written = new StringBuilder();
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");
  private long offset;

  Workbench(Path folder) {
    this.folder = folder;
  }

  /** Runs the flow to its end. */
  Workbench run(JsonNode document, Map<String, JsonNode> parameters)
      throws IOException, InterruptedException {
    FlowRef ref = FlowDocuments.ref(document);
    step(new Command.FlowDefined(ref, document));
    step(new Command.RunStart(RUN, ref, parameters, 0, List.of(), List.of(), null, List.of()));
    while (!isOver()) {
      Order.Launch order = orders.poll();
      if (order != null) {
        step(new Observation.Launched(order.of()));
        step(execute(order));
      } else {
        State.Deadline next = engine.state().deadlines().first();
        now = next.at();
        step(new Command.TimerFired(next.key().text(), next.at()));
      }
    }
    return this;
  }

  private void step(Command command) {
    Decision decision = engine.step(command, new Moment(offset++, now));
    events.addAll(decision.events());
    for (Order order : decision.orders()) {
      if (order instanceof Order.Launch launch) {
        orders.add(launch);
      }
    }
  }

  private boolean isOver() {
    return events.getLast() instanceof Event.RunChanged run
        && run.state() != Event.RunChange.STARTED;
  }

  private Observation execute(Order.Launch order) throws IOException, InterruptedException {
    AttemptId of = order.of();
    Path task =
        Files.createDirectories(
            folder.resolve("data").resolve(of.task().step().value()).resolve(of.task().toString()));
    Path own =
        Files.createDirectories(folder.resolve("attempts").resolve(of.task() + "-" + of.attempt()));
    var members = new ArrayList<Process>();
    for (int i = 0; i < Math.max(1, order.gang()); i++) {
      var builder =
          new ProcessBuilder(order.container().command())
              .directory(task.toFile())
              .redirectErrorStream(true)
              .redirectOutput(own.resolve("output-" + i).toFile());
      environment(order, task, own, i, builder.environment());
      members.add(builder.start());
    }
    int failed = 0;
    for (int i = 0; i < members.size(); i++) {
      int code = members.get(i).waitFor();
      failed = failed == 0 ? code : failed;
      Files.readAllLines(own.resolve("output-" + i))
          .forEach(line -> written.append(of.task()).append(": ").append(line).append('\n'));
    }
    return failed == 0
        ? new Observation.Succeeded(of, outcome(own))
        : new Observation.Failed(of, Cause.userError(failed, "exit code " + failed));
  }

  private static void environment(
      Order.Launch order, Path task, Path own, int member, Map<String, String> variables)
      throws IOException {
    AttemptId of = order.of();
    variables.put("MILLRACE_RUN_ID", of.run().value());
    variables.put("MILLRACE_FLOW", order.flow().name());
    variables.put("MILLRACE_STEP", of.task().step().value());
    variables.put("MILLRACE_TASK_ID", of.task().toString());
    variables.put("MILLRACE_ATTEMPT", Integer.toString(of.attempt()));
    if (of.task().splitIndex() >= 0) {
      variables.put("MILLRACE_SPLIT_INDEX", Integer.toString(of.task().splitIndex()));
    }
    Path inputs = own.resolve("inputs");
    Files.write(inputs, TaskRanges.expand(order.inputs()));
    variables.put("MILLRACE_INPUTS", String.join(",", order.inputs()));
    variables.put("MILLRACE_INPUTS_FILE", inputs.toString());
    order
        .parameters()
        .forEach(
            (name, value) ->
                variables.put(
                    "MILLRACE_PARAM_" + name.toUpperCase(Locale.ROOT),
                    value.isTextual() ? value.textValue() : Json.text(value)));
    variables.put("MILLRACE_DATA_DIR", task.toString());
    variables.put("MILLRACE_OUTCOME_FILE", own.resolve("outcome-" + member).toString());
    if (order.gang() > 0) {
      variables.put("MILLRACE_NODE_INDEX", Integer.toString(member));
      variables.put("MILLRACE_NUM_NODES", Integer.toString(order.gang()));
      variables.put("MILLRACE_MAIN_ADDRESS", "127.0.0.1");
    }
  }

  private static Outcome outcome(Path own) throws IOException {
    Path file = own.resolve("outcome-0");
    if (!Files.exists(file)) {
      return Outcome.SUCCESS;
    }
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes.length).isLessThanOrEqualTo(Outcome.MAX_BYTES);
    return switch (Json.read(bytes, Outcome.class, "an outcome")) {
      case Decoded.Understood<Outcome>(Outcome outcome) -> outcome;
      case Decoded.NotUnderstood<Outcome>(String reason) -> throw new AssertionError(reason);
    };
  }

  /** What the processes wrote, each line behind its task. */
  String written() {
    return written.toString();
  }

  Event.RunChange result() {
    return ((Event.RunChanged) events.getLast()).state();
  }

  /** The outputs of the last step. */
  JsonNode outputs() {
    Event.TaskChanged last =
        (Event.TaskChanged)
            events.stream()
                .filter(
                    event ->
                        event instanceof Event.TaskChanged task
                            && task.state() == Event.TaskChange.SUCCEEDED)
                .reduce((first, second) -> second)
                .orElseThrow();
    return last.outcome().outputs();
  }
}
