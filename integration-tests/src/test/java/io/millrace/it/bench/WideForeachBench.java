package io.millrace.it.bench;

import com.fasterxml.jackson.databind.node.IntNode;
import io.millrace.events.RunId;
import io.millrace.it.Installation;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** A foreach of 100,000 with its join. */
final class WideForeachBench {
  static final int WIDTH = 100_000;

  static final String FLOW =
      """
      name: wide
      parameters: {width: {type: integer, required: true}}
      limits: {maxParallelTasks: %d}
      steps:
        - {name: start, container: {command: ["true"]}, next: {foreach: work, parameter: width}}
        - {name: work, container: {command: ["true"]}, next: gather}
        - {name: gather, join: true, container: {command: ["true"]}}
      """;

  private final Installation installation;

  WideForeachBench(Installation installation) {
    this.installation = installation;
  }

  void run(Clients clients, int partitions) throws Exception {
    installation.post("one", "/api/v1/flows", FLOW.formatted(1000));
    long before = bytes(clients, partitions);
    long began = System.nanoTime();
    try (var executor = new InstantExecutor(clients, partitions, (order, received) -> {})) {
      executor.onOrder(executor::succeed);
      RunId run = installation.publish("wide", "wide", Map.of("width", IntNode.valueOf(WIDTH)));
      String end = installation.events().end(run).get(10, TimeUnit.MINUTES);
      double seconds = (System.nanoTime() - began) / 1e9;
      Report.print(
          "foreach of 100,000 with its join",
          seconds,
          "s",
          null,
          "ended as %s; 1,000 at a time; %.0f tasks/s; heap bounded to 512 MiB"
              .formatted(end, WIDTH / seconds));
      Report.print(
          "state written a task of it",
          (bytes(clients, partitions) - before) / (double) WIDTH,
          "bytes",
          1024.0,
          "limit: the goal of 1 KB");
    }
  }

  /** All that was ever written to the state topic and is still there. */
  private static long bytes(Clients clients, int partitions) {
    long bytes = 0;
    try (KafkaConsumer<byte[], byte[]> state =
        clients.atTheBeginning("millrace.state", partitions)) {
      var ends = state.endOffsets(state.assignment());
      while (ends.entrySet().stream().anyMatch(e -> state.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : state.poll(Duration.ofMillis(500))) {
          bytes += record.serializedKeySize() + Math.max(0, record.serializedValueSize());
        }
      }
    }
    return bytes;
  }
}
