package io.millrace.metadata.history;

import io.millrace.events.Decoded;
import io.millrace.metadata.database.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * Reads the public events into the history, on a thread of its own. Replicas share the partitions
 * as a group; where reading goes on is taken from the database, so that one which was set back to
 * an older copy catches up by itself. When the database or the broker fails it begins again.
 */
public final class EventFollower implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(EventFollower.class);
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String topic;
  private final HistoryWriter history;
  private final Supplier<KafkaConsumer<byte[], byte[]>> consumers;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /** Of this thread: up to where each of the assigned partitions is written. */
  private final Map<TopicPartition, Long> written = new HashMap<>();

  /** Of this thread: whether the trouble that there is was told of. */
  private boolean complained;

  private volatile KafkaConsumer<byte[], byte[]> consumer;

  private EventFollower(
      String topic, HistoryWriter history, Supplier<KafkaConsumer<byte[], byte[]>> consumers) {
    this.topic = topic;
    this.history = history;
    this.consumers = consumers;
    this.thread = Thread.ofPlatform().name("history").daemon().unstarted(this::run);
  }

  /**
   * Begins to follow.
   *
   * @param consumers makes a member of the replicas' group that reads committed records, commits
   *     nothing by itself, and begins at the start where a position is not there any more
   */
  public static EventFollower start(
      String topic, HistoryWriter history, Supplier<KafkaConsumer<byte[], byte[]>> consumers) {
    var follower = new EventFollower(topic, history, consumers);
    follower.thread.start();
    return follower;
  }

  private void run() {
    while (closed.getCount() > 0) {
      try (KafkaConsumer<byte[], byte[]> reader = consumers.get()) {
        consumer = reader;
        follow(reader);
      } catch (WakeupException stopped) {
        LOG.debug("the history is not written any more");
      } catch (Superseded moved) {
        LOG.debug(moved.getMessage());
      } catch (RuntimeException failed) {
        complain(failed);
        pause();
      }
    }
  }

  /** Once, until it works again. */
  private void complain(RuntimeException failed) {
    if (complained) {
      LOG.debug("the history still cannot be written", failed);
    } else if (Database.isOutage(failed)) {
      LOG.warnf("the history waits for its database: %s", failed.getMessage());
    } else {
      LOG.error("the history cannot be written; it is tried again and again", failed);
    }
    complained = true;
  }

  private void follow(KafkaConsumer<byte[], byte[]> reader) {
    written.clear();
    reader.subscribe(List.of(topic), new FromTheDatabase(reader));
    while (closed.getCount() > 0) {
      ConsumerRecords<byte[], byte[]> records = reader.poll(LONG);
      for (TopicPartition partition : records.partitions()) {
        write(reader, partition, records.records(partition));
      }
    }
  }

  private void write(
      KafkaConsumer<byte[], byte[]> reader,
      TopicPartition partition,
      List<ConsumerRecord<byte[], byte[]>> records) {
    var events = new ArrayList<Happened>(records.size());
    for (ConsumerRecord<byte[], byte[]> record : records) {
      switch (Happened.read(record)) {
        case Decoded.Understood<Happened>(Happened happened) -> events.add(happened);
        case Decoded.NotUnderstood<Happened>(String reason) ->
            LOG.debugf(
                "partition=%d offset=%d is not in the history: %s",
                record.partition(), record.offset(), reason);
      }
    }
    long next = records.getLast().offset() + 1;
    history.write(partition.partition(), written.getOrDefault(partition, 0L), next, events);
    written.put(partition, next);
    complained = false;
    // For who watches the lag; where reading goes on stands in the database.
    reader.commitAsync(Map.of(partition, new OffsetAndMetadata(next)), null);
  }

  /** Begins each partition that this replica gets where the database is. */
  private final class FromTheDatabase implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> reader;

    FromTheDatabase(KafkaConsumer<byte[], byte[]> reader) {
      this.reader = reader;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
      Map<Integer, Long> positions = history.positions();
      for (TopicPartition partition : assigned) {
        long from = positions.getOrDefault(partition.partition(), 0L);
        written.put(partition, from);
        reader.seek(partition, from);
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
      written.keySet().removeAll(revoked);
    }
  }

  private void pause() {
    try {
      closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      closed.countDown();
    }
  }

  /** Ends the thread; returns when it has ended. */
  @Override
  public void close() {
    closed.countDown();
    KafkaConsumer<byte[], byte[]> reader = consumer;
    if (reader != null) {
      reader.wakeup();
    }
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
