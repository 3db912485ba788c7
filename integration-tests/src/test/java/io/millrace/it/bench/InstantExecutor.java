package io.millrace.it.bench;

import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;

/** Carries orders out in no time: reads them, and says what came of them when it is told to. */
final class InstantExecutor implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> orders;
  private final KafkaProducer<byte[], byte[]> commands;
  private final Thread thread;
  private volatile Consumer<Order.Launch> onOrder;
  private volatile boolean closed;

  /**
   * @param onOrder told of each launch order, on the thread that reads them
   */
  InstantExecutor(Clients clients, int partitions, Consumer<Order.Launch> onOrder) {
    this.onOrder = onOrder;
    orders = clients.atTheEnd("millrace.orders", partitions, "read_uncommitted");
    commands = clients.producer(Map.of());
    thread = Thread.ofPlatform().daemon().start(this::read);
  }

  void onOrder(Consumer<Order.Launch> listener) {
    onOrder = listener;
  }

  private void read() {
    try {
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : orders.poll(Duration.ofSeconds(1))) {
          if (Json.read(record.value(), Order.class, "an order")
              instanceof Decoded.Understood<Order>(Order.Launch launch)) {
            onOrder.accept(launch);
          }
        }
      }
    } catch (WakeupException stopped) {
      // Closed.
    }
  }

  void succeed(Order.Launch order) {
    succeed(order, Outcome.SUCCESS);
  }

  void succeed(Order.Launch order, Outcome outcome) {
    commands.send(
        new ProducerRecord<>(
            "millrace.commands",
            order.of().run().value().getBytes(StandardCharsets.UTF_8),
            Json.write(
                (io.millrace.events.Command) new Observation.Succeeded(order.of(), outcome))));
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    orders.wakeup();
    thread.join();
    orders.close();
    commands.close();
  }
}
