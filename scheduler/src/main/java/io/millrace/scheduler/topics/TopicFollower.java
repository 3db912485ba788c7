package io.millrace.scheduler.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * Reads every record of a topic, from its beginning and for ever, on a thread of its own. It
 * belongs to no group: each follower sees everything.
 */
public final class TopicFollower implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TopicFollower.class);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final String what;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;
  private final Consumer<ConsumerRecords<byte[], byte[]>> reader;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Guarded by itself: how far each partition has been read, and who waits for that. */
  private final Map<Integer, Long> positions = new HashMap<>();

  private final List<Waiting> waiting = new ArrayList<>();
  private volatile boolean closed;

  private record Waiting(int partition, long offset, CompletableFuture<Void> reached) {}

  private TopicFollower(
      String what,
      KafkaConsumer<byte[], byte[]> consumer,
      List<TopicPartition> partitions,
      Consumer<ConsumerRecords<byte[], byte[]>> reader) {
    this.what = what;
    this.consumer = consumer;
    this.partitions = partitions;
    this.reader = reader;
  }

  /**
   * Begins to follow.
   *
   * @param what names the thread
   * @param consumer belongs to this follower
   * @param reader is called on that thread with what came together, and never fails
   */
  public static TopicFollower start(
      String what,
      KafkaConsumer<byte[], byte[]> consumer,
      String topic,
      int count,
      Consumer<ConsumerRecords<byte[], byte[]>> reader) {
    List<TopicPartition> partitions =
        IntStream.range(0, count).mapToObj(n -> new TopicPartition(topic, n)).toList();
    var follower = new TopicFollower(what, consumer, partitions, reader);
    Thread.ofPlatform().name(what).daemon().start(follower::run);
    return follower;
  }

  /** Completes when everything is read that was there when it began. */
  public CompletableFuture<Void> caughtUp() {
    return caughtUp.copy();
  }

  /** Completes when everything below an offset of a partition is read. */
  public CompletableFuture<Void> reached(int partition, long offset) {
    synchronized (positions) {
      if (positions.getOrDefault(partition, -1L) >= offset) {
        return CompletableFuture.completedFuture(null);
      }
      var reached = new CompletableFuture<Void>();
      waiting.add(new Waiting(partition, offset, reached));
      return reached;
    }
  }

  private void run() {
    try (consumer) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (!closed) {
        noteProgress();
        if (!caughtUp.isDone() && isPast(ends)) {
          caughtUp.complete(null);
        }
        ConsumerRecords<byte[], byte[]> records =
            consumer.poll(caughtUp.isDone() ? LONG : Duration.ofMillis(100));
        if (!records.isEmpty()) {
          reader.accept(records);
        }
      }
    } catch (WakeupException stopped) {
      LOG.debugf("follower=%s stopped", what);
    } catch (RuntimeException failed) {
      LOG.errorf(failed, "follower=%s cannot go on", what);
      caughtUp.completeExceptionally(failed);
    } finally {
      ended.complete(null);
    }
  }

  private void noteProgress() {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    synchronized (positions) {
      for (TopicPartition partition : partitions) {
        positions.put(partition.partition(), consumer.position(partition));
      }
      waiting.removeIf(
          waits -> {
            boolean reached = positions.get(waits.partition()) >= waits.offset();
            if (reached) {
              done.add(waits.reached());
            }
            return reached;
          });
    }
    done.forEach(reached -> reached.complete(null));
  }

  private boolean isPast(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  /** Whether it still reads. */
  public boolean isAlive() {
    return !ended.isDone();
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    ended.join();
  }
}
