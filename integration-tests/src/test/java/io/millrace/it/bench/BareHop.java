package io.millrace.it.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.WakeupException;

/**
 * The limit: what comes in on one topic goes out on another, and nothing else happens. With a
 * transaction around each batch it is what an engine would pay that waits for its commits.
 */
final class BareHop implements AutoCloseable {
  private static final String TRANSACTIONAL = "transactional.id";

  private final KafkaConsumer<byte[], byte[]> relayIn;
  private final KafkaProducer<byte[], byte[]> relayOut;
  private final KafkaConsumer<byte[], byte[]> out;
  private final KafkaProducer<byte[], byte[]> in;
  private final String from;
  private final String to;
  private final boolean transactions;
  private final List<Thread> threads;
  private volatile Latencies latencies = new Latencies(0);
  private volatile CountDownLatch arrived = new CountDownLatch(0);
  private volatile boolean closed;

  BareHop(Clients clients, String name, boolean transactions) throws Exception {
    this.transactions = transactions;
    from = name + "-in";
    to = name + "-out";
    clients.create(from, to);
    relayIn = clients.atTheEnd(from, 1, "read_uncommitted");
    relayOut =
        clients.producer(
            transactions ? Map.of(TRANSACTIONAL, name, "retry.backoff.ms", 5) : Map.of());
    if (transactions) {
      relayOut.initTransactions();
    }
    out = clients.atTheEnd(to, 1, "read_committed");
    in = clients.producer(Map.of());
    threads =
        List.of(
            Thread.ofPlatform().daemon().start(this::relay),
            Thread.ofPlatform().daemon().start(this::receive));
  }

  /** One pass at a rate. */
  Latencies pass(int perSecond, int times) throws InterruptedException {
    latencies = new Latencies(times);
    arrived = new CountDownLatch(times);
    Pace.run(
        perSecond,
        times,
        i -> {
          byte[] value = ByteBuffer.allocate(400).putLong(System.nanoTime()).array();
          in.send(new ProducerRecord<>(from, 0, null, value));
        });
    arrived.await(30, TimeUnit.SECONDS);
    return latencies;
  }

  private void relay() {
    try {
      while (!closed) {
        ConsumerRecords<byte[], byte[]> records = relayIn.poll(Duration.ofSeconds(1));
        if (transactions && !records.isEmpty()) {
          relayOut.beginTransaction();
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
          relayOut.send(new ProducerRecord<>(to, 0, null, record.value()));
        }
        if (transactions && !records.isEmpty()) {
          relayOut.commitTransaction();
        }
      }
    } catch (WakeupException stopped) {
      // Closed.
    }
  }

  private void receive() {
    try {
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : out.poll(Duration.ofSeconds(1))) {
          latencies.add(System.nanoTime() - ByteBuffer.wrap(record.value()).getLong());
          arrived.countDown();
        }
      }
    } catch (WakeupException stopped) {
      // Closed.
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    relayIn.wakeup();
    out.wakeup();
    for (Thread thread : threads) {
      thread.join();
    }
    relayIn.close();
    out.close();
    relayOut.close();
    in.close();
  }
}
