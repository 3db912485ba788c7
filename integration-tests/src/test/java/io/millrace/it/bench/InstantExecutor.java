package io.millrace.it.bench;

import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;

/** Carries orders out in no time: reads them, and says what came of them when it is told to. */
final class InstantExecutor implements AutoCloseable {
  private final KafkaConsumer<byte[], byte[]> orders;
  private final KafkaProducer<byte[], byte[]> commands;
  private final Thread thread;
  private volatile ObjLongConsumer<Order.Launch> onOrder;
  private volatile boolean closed;

  /**
   * @param onOrder told of each launch order, on the thread that reads them, with {@link
   *     System#nanoTime} as it was when the order had come, before it was decoded
   */
  InstantExecutor(Clients clients, int partitions, ObjLongConsumer<Order.Launch> onOrder) {
    this.onOrder = onOrder;
    orders = clients.atTheEnd("millrace.orders", partitions, "read_uncommitted");
    commands = clients.producer(Map.of());
    thread = Thread.ofPlatform().daemon().start(this::read);
  }

  void onOrder(Consumer<Order.Launch> listener) {
    onOrder = (order, received) -> listener.accept(order);
  }

  private void read() {
    try {
      while (!closed) {
        ConsumerRecords<byte[], byte[]> records = orders.poll(Duration.ofSeconds(1));
        long received = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          if (Json.read(record.value(), Order.class, "an order")
              instanceof Decoded.Understood<Order>(Order.Launch launch)) {
            onOrder.accept(launch, received);
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
    send(success(order, outcome));
  }

  /** What {@link #send} is to send, for who wants to know when exactly that was. */
  static ProducerRecord<byte[], byte[]> success(Order.Launch order, Outcome outcome) {
    Command succeeded = new Observation.Succeeded(order.of(), outcome);
    return new ProducerRecord<>(
        "millrace.commands",
        order.of().run().value().getBytes(StandardCharsets.UTF_8),
        Json.write(succeeded));
  }

  void send(ProducerRecord<byte[], byte[]> record) {
    commands.send(record);
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
