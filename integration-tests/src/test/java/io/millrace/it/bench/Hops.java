package io.millrace.it.bench;

import io.millrace.events.AttemptId;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.it.bench.AuditLog.Ended;
import io.millrace.it.bench.AuditLog.Happened;
import io.millrace.it.bench.AuditLog.Made;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Where the time goes between a pod's end and the next object, by the times that the records of
 * commands and orders bear, in whole milliseconds.
 */
final class Hops implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> commands;
  private final KafkaConsumer<byte[], byte[]> orders;
  private final Map<String, Instant> observed = new ConcurrentHashMap<>();
  private final Map<String, Instant> ordered = new ConcurrentHashMap<>();
  private final Thread[] threads;
  private volatile boolean closed;

  Hops(Clients clients, int partitions) {
    commands = clients.atTheEnd("millrace.commands", partitions, "read_uncommitted");
    orders = clients.atTheEnd("millrace.orders", partitions, "read_uncommitted");
    threads =
        new Thread[] {
          Thread.ofPlatform().daemon().start(() -> read(commands, this::command)),
          Thread.ofPlatform().daemon().start(() -> read(orders, this::order))
        };
  }

  private void read(
      KafkaConsumer<byte[], byte[]> from, Consumer<ConsumerRecord<byte[], byte[]>> to) {
    try {
      while (!closed) {
        from.poll(Duration.ofSeconds(1)).forEach(to);
      }
    } catch (WakeupException stopped) {
      // Closed.
    }
  }

  private void command(ConsumerRecord<byte[], byte[]> record) {
    if (Json.read(record.value(), Command.class, "a command")
        instanceof Decoded.Understood<Command>(Observation.Succeeded succeeded)) {
      observed.put(key(succeeded.of()), Instant.ofEpochMilli(record.timestamp()));
    }
  }

  private void order(ConsumerRecord<byte[], byte[]> record) {
    if (Json.read(record.value(), Order.class, "an order")
        instanceof Decoded.Understood<Order>(Order.Launch launch)) {
      ordered.put(key(launch.of()), Instant.ofEpochMilli(record.timestamp()));
    }
  }

  private static String key(AttemptId of) {
    return of.run().value() + "/" + of.task().step().value();
  }

  /** Prints the median of each hop of a chain's transitions. */
  void print(String kind, Happened happened) {
    Map<String, Made> made =
        happened.created().stream()
            .collect(
                Collectors.toMap(
                    one -> one.run() + "/" + one.step(), one -> one, (first, again) -> first));
    print(
        "of it, kind %s: the watch, and the command that follows from it, p50".formatted(kind),
        "from the status PATCH to the command's time in Kafka",
        happened,
        made,
        (end, next) -> between(end.at(), observed.get(end.run() + "/" + end.step())));
    print(
        "of it, kind %s: read, decided and ordered, p50".formatted(kind),
        "from the command's time in Kafka to the order's",
        happened,
        made,
        (end, next) ->
            between(
                observed.get(end.run() + "/" + end.step()),
                ordered.get(next.run() + "/" + next.step())));
    print(
        "of it, kind %s: the order's way and the request, p50".formatted(kind),
        "from the order's time in Kafka to the POST's arrival",
        happened,
        made,
        (end, next) -> between(ordered.get(next.run() + "/" + next.step()), next.at()));
  }

  private static Long between(Instant from, Instant to) {
    return from == null || to == null ? null : Duration.between(from, to).toNanos();
  }

  private static void print(
      String figure,
      String note,
      Happened happened,
      Map<String, Made> made,
      BiFunction<Ended, Made, Long> hop) {
    var latencies = new Latencies(happened.ended().size());
    for (Ended end : happened.ended()) {
      Made next = made.get(end.run() + "/" + ClusterTransitions.after(end.step()));
      Long nanos = next == null ? null : hop.apply(end, next);
      if (nanos != null) {
        latencies.add(nanos);
      }
    }
    Report.print(
        figure, latencies.percentile(50), "ms", null, note + "; " + latencies.count() + " of them");
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    commands.wakeup();
    orders.wakeup();
    for (Thread thread : threads) {
      thread.join();
    }
    commands.close();
    orders.close();
  }
}
