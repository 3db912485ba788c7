package io.millrace.scheduler.loop;

import io.millrace.core.Entity;
import io.millrace.core.EntityCodec;
import io.millrace.core.EntityKey;
import io.millrace.core.Position;
import io.millrace.events.Topics;
import io.millrace.scheduler.Milestones;
import io.millrace.scheduler.Milestones.Milestone;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Writes the state behind the loop, one transaction after the other, on a thread of its own. While
 * one is committed the next stretch gathers; so checkpoints are as frequent as the broker allows,
 * and larger when the loop is faster.
 */
final class Checkpointer {
  private static final Logger LOG = Logger.getLogger(Checkpointer.class);
  private static final int COMMIT_TRIES = 3;

  /**
   * Transactions that may be aborted one after the other before the partition is taken over afresh.
   */
  private static final int MOST_ABORTS = 5;

  /**
   * After a transaction none begins for this many times as long as it took: so checkpoints take at
   * most a fifth of the time, however slow the broker is.
   */
  private static final int REST = 4;

  /** One transaction that had to wait for the broker to come back is not paid for afterwards. */
  private static final long LONGEST_REST = Duration.ofMillis(500).toNanos();

  private final Topics topics;
  private final int partition;
  private final KafkaProducer<byte[], byte[]> producer;
  private final LoopMetrics metrics;
  private final Milestones milestones;
  private final Behind most;
  private final Duration pause;
  private final Thread thread;
  private final LoopFailure failure;

  /** Guarded by this. */
  private Covered gathering = new Covered();

  private Covered writing = new Covered();
  private boolean closing;
  private long rested = System.nanoTime();

  /** How far checkpoints may be behind before the loop pauses. */
  record Behind(Duration time, int commands) {}

  /**
   * @param pause for which a stretch gathers at least: what checkpoints cost the broker is taken
   *     from the orders
   * @param producer transactional and initialised; belongs to this checkpointer
   * @param failure told when no checkpoint can be written any more
   */
  Checkpointer(
      Topics topics,
      int partition,
      KafkaProducer<byte[], byte[]> producer,
      Behind most,
      Duration pause,
      LoopMetrics metrics,
      Milestones milestones,
      LoopFailure failure) {
    this.topics = topics;
    this.partition = partition;
    this.producer = producer;
    this.most = most;
    this.pause = pause;
    this.metrics = metrics;
    this.milestones = milestones;
    this.failure = failure;
    this.thread =
        Thread.ofPlatform().name("checkpointer-" + partition).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Hands over a stretch; waits while checkpoints are too far behind. */
  synchronized void cover(Covered more) throws InterruptedException {
    boolean first = gathering.isEmpty();
    gathering.add(more);
    // While a stretch gathers, its writer sleeps on: waking it each time takes a core from the
    // loop.
    if (first || isFarBehind()) {
      notifyAll();
    }
    while (isFarBehind() && !closing) {
      wait(100);
    }
  }

  private boolean isFarBehind() {
    int commands = gathering.commands() + writing.commands();
    return commands > most.commands()
        || !writing.isEmpty() && writing.age() > most.time().toNanos();
  }

  private void run() {
    try {
      for (Covered next = take(); next != null; next = take()) {
        long began = System.nanoTime();
        awaitAcknowledgements(next);
        milestones.reached(Milestone.ACKNOWLEDGED);
        int written = commit(next);
        milestones.reached(Milestone.COMMITTED);
        long took = System.nanoTime() - began;
        metrics.checkpoint(next, written, took);
        done(took);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException lost) {
      failure.lost("the checkpoint of partition " + partition + " cannot be written", lost);
    } finally {
      end();
    }
  }

  private synchronized Covered take() throws InterruptedException {
    while (gathering.isEmpty() && !closing) {
      wait();
    }
    for (long left = untilDue(); left > 0 && !closing && !isFarBehind(); left = untilDue()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    if (gathering.isEmpty()) {
      return null;
    }
    writing = gathering;
    gathering = new Covered();
    return writing;
  }

  /** A stretch gathers for a pause at least, and longer where the last transaction was dear. */
  private long untilDue() {
    return Math.max(pause.toNanos() - gathering.age(), rested - System.nanoTime());
  }

  private synchronized void done(long took) {
    rested = System.nanoTime() + Math.min(REST * took, LONGEST_REST);
    writing = new Covered();
    notifyAll();
  }

  private synchronized void end() {
    closing = true;
    notifyAll();
  }

  private static void awaitAcknowledgements(Covered next) throws InterruptedException {
    for (Future<RecordMetadata> sent : next.awaited()) {
      try {
        sent.get();
      } catch (ExecutionException failed) {
        throw new KafkaException("an order or command was not acknowledged", failed.getCause());
      }
    }
  }

  /** Tries until it is known to be committed; an abort leaves everything to be written again. */
  private int commit(Covered next) {
    for (int aborts = 0; ; aborts++) {
      try {
        producer.beginTransaction();
        for (Map.Entry<EntityKey, Entity> change : next.changes().entrySet()) {
          Entity entity = change.getValue();
          producer.send(
              state(change.getKey().text(), entity == null ? null : EntityCodec.write(entity)));
        }
        List<ProducerRecord<byte[], byte[]>> records = next.records();
        records.forEach(producer::send);
        producer.send(state(Position.KEY, EntityCodec.write(next.position())));
        producer.flush();
        milestones.reached(Milestone.WRITING);
        commitTransaction();
        return next.changes().size() + records.size() + 1;
      } catch (TimeoutException unknown) {
        throw unknown;
      } catch (KafkaException failed) {
        LOG.debugf(failed, "partition=%d checkpoint aborted", partition);
        if (aborts == MOST_ABORTS) {
          throw failed;
        }
        // Fails where this owner was fenced: then somebody else goes on.
        producer.abortTransaction();
      }
    }
  }

  /** A commit that timed out may have been made; asking again is allowed and tells. */
  private void commitTransaction() {
    for (int tries = 1; ; tries++) {
      try {
        producer.commitTransaction();
        return;
      } catch (TimeoutException unknown) {
        if (tries == COMMIT_TRIES) {
          throw unknown;
        }
      }
    }
  }

  private ProducerRecord<byte[], byte[]> state(String key, byte[] value) {
    return new ProducerRecord<>(
        topics.state(), partition, key.getBytes(StandardCharsets.UTF_8), value);
  }

  /** Writes what was handed over, unless that is lost, and ends. */
  void close() throws InterruptedException {
    end();
    thread.join();
    producer.close(Duration.ofSeconds(5));
  }

  /** Ends without writing anything more. */
  void abandon() {
    end();
    thread.interrupt();
    producer.close(Duration.ZERO);
  }
}
