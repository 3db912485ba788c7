package io.millrace.it.bench;

import io.millrace.it.Installation;
import io.millrace.local.ChildJvm;
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
 * The limit: what comes in on one topic goes out on another by a process of its own, and nothing
 * else happens. With a transaction around each batch it is what an engine would pay that waits for
 * its commits.
 */
final class BareHop implements AutoCloseable {
  private final ChildJvm relay;
  private final KafkaConsumer<byte[], byte[]> out;
  private final KafkaProducer<byte[], byte[]> in;
  private final String from;
  private final Thread thread;
  private volatile Latencies latencies = new Latencies(0);
  private volatile CountDownLatch arrived = new CountDownLatch(0);
  private volatile boolean closed;

  /**
   * @param jvm options of the relay's, the same as the scheduler's
   */
  BareHop(Installation installation, String name, boolean transactions, List<String> jvm)
      throws Exception {
    var clients = new Clients(installation.brokers());
    from = name + "-in";
    String to = name + "-out";
    clients.create(from, to);
    var relaying =
        ChildJvm.main(System.getProperty("java.class.path"), RelayMain.class.getName())
            .jvmOptions(jvm)
            .arguments(installation.brokers(), from, to);
    relay = (transactions ? relaying.arguments(name) : relaying).output(line -> {}).start();
    Installation.await(relay.ready());
    out = clients.atTheEnd(to, 1, "read_committed");
    in = clients.producer(Map.of());
    thread = Thread.ofPlatform().daemon().start(this::receive);
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

  private void receive() {
    try {
      while (!closed) {
        ConsumerRecords<byte[], byte[]> records = out.poll(Duration.ofSeconds(1));
        long received = System.nanoTime();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          latencies.add(received - ByteBuffer.wrap(record.value()).getLong());
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
    out.wakeup();
    thread.join();
    out.close();
    in.close();
    relay.kill();
  }
}
