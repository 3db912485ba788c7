package io.millrace.scheduler.loop;

import io.millrace.core.BrokenCommandException;
import io.millrace.core.CommandLog;
import io.millrace.core.CommandLog.Taken;
import io.millrace.core.Decider;
import io.millrace.core.EntityKey;
import io.millrace.core.UnknownBehaviourException;
import io.millrace.events.Command;
import io.millrace.events.Topics;
import io.millrace.scheduler.Milestones.Milestone;
import io.millrace.scheduler.topics.DeadLetters;
import io.millrace.scheduler.topics.RefusalLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * One partition from its takeover to its end: reads commands, decides them, sends orders at once
 * and hands the rest to the checkpointer. Everything happens on one thread, without locks: what
 * goes to the checkpointer is immutable.
 */
final class PartitionLoop {
  private static final Logger LOG = Logger.getLogger(PartitionLoop.class);

  /** The loop turns at least so often, which is how its liveness is seen. */
  static final Duration LONGEST_TURN = Duration.ofSeconds(5);

  private final int partition;
  private final LoopParts parts;
  private final Topics topics;
  private final LoopMetrics metrics;
  private final RefusalLog refusals = new RefusalLog(LOG);
  private final PublicEvents publicEvents;
  private final KafkaConsumer<byte[], byte[]> commands;
  private final TopicPartition log;
  private final Deadlines deadlines;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final CompletableFuture<End> ended = new CompletableFuture<>();
  private volatile boolean stopping;
  private volatile End failed;
  private volatile BrokenCommandException broken;
  private volatile long lastTurn = System.nanoTime();

  /** How a loop ended. */
  sealed interface End {
    /** It was asked to, and everything is written. */
    record HandedOver() implements End {}

    /** Its memory can no longer be trusted: fenced, or Kafka lost something. Take over afresh. */
    record Lost(String reason) implements End {}

    /** The partition cannot be run by this program as it is. */
    record Refused(String reason) implements End {}
  }

  PartitionLoop(int partition, LoopParts parts, LoopMetrics metrics) {
    this.partition = partition;
    this.parts = parts;
    this.topics = parts.topics();
    this.metrics = metrics;
    this.publicEvents = new PublicEvents(topics, partition);
    this.commands = parts.clients().reader();
    this.log = new TopicPartition(topics.commands(), partition);
    this.deadlines = new Deadlines(parts.clock());
  }

  void start() {
    Thread.ofPlatform().name("loop-" + partition).daemon().start(this::run);
  }

  /** Hands over: writes everything to the last decision, then ends. */
  CompletableFuture<End> stop() {
    stopping = true;
    commands.wakeup();
    return ended.copy();
  }

  CompletableFuture<End> ended() {
    return ended.copy();
  }

  /** Completes when it has decided everything that was in the log when it began. */
  CompletableFuture<Void> caughtUp() {
    return caughtUp.copy();
  }

  /** Whether it has decided everything that was in the log when it began. */
  boolean isCaughtUp() {
    return caughtUp.isDone() && broken == null;
  }

  /** The command that holds it up, if one does. */
  Optional<BrokenCommandException> broken() {
    return Optional.ofNullable(broken);
  }

  /** How long ago it last turned. */
  Duration sinceLastTurn() {
    return Duration.ofNanos(System.nanoTime() - lastTurn);
  }

  private void run() {
    End end;
    try (commands) {
      end = own();
    } catch (UnknownBehaviourException | LostLogException refused) {
      end = new End.Refused(refused.getMessage());
    } catch (InterruptedException | InterruptException interrupted) {
      end = new End.Lost("interrupted");
    } catch (WakeupException stopped) {
      end = failed == null ? new End.HandedOver() : failed;
    } catch (RuntimeException lost) {
      LOG.debugf(lost, "partition=%d lost", partition);
      end = new End.Lost(String.valueOf(lost.getMessage()));
    }
    ended.complete(end);
  }

  private End own() throws InterruptedException {
    long began = System.nanoTime();
    KafkaProducer<byte[], byte[]> transactions =
        parts
            .clients()
            .transactional(
                topics.commands() + "-" + partition, parts.config().transactionTimeout());
    Takeover.Restored restored;
    try {
      transactions.initTransactions();
      parts.milestones().reached(Milestone.FENCED);
      restored = restore();
      parts.milestones().reached(Milestone.RESTORED);
    } catch (RuntimeException | InterruptedException failure) {
      transactions.close(Duration.ZERO);
      throw failure;
    }
    metrics.restored(System.nanoTime() - began);
    LOG.infof(
        "partition=%d taken over at offset=%d of %d entities=%d",
        partition, restored.position().next(), restored.end(), restored.state().entities().size());
    var checkpointer =
        new Checkpointer(
            topics,
            partition,
            transactions,
            new Checkpointer.Behind(
                parts.config().mostBehind(), parts.config().mostCommandsBehind()),
            parts.config().checkpointPause(),
            metrics,
            parts.milestones(),
            this::lost);
    checkpointer.start();
    try (var outbox =
        new Outbox(
            topics,
            partition,
            parts.clients().producer(),
            () -> lost("a record was not acknowledged", null))) {
      turn(restored, checkpointer, outbox);
    } finally {
      if (failed == null) {
        checkpointer.close();
      } else {
        checkpointer.abandon();
      }
    }
    return failed == null ? new End.HandedOver() : failed;
  }

  private Takeover.Restored restore() throws InterruptedException {
    try (KafkaConsumer<byte[], byte[]> committed = parts.clients().committedReader()) {
      return new Takeover(topics, partition, parts.admin()).restore(committed);
    }
  }

  private void lost(String what, Throwable why) {
    String reason = why == null ? what : what + ": " + why.getMessage();
    failed = new End.Lost(reason);
    commands.wakeup();
  }

  private void turn(Takeover.Restored restored, Checkpointer checkpointer, Outbox outbox)
      throws InterruptedException {
    var folded = new CommandLog(restored.state(), restored.position());
    commands.assign(List.of(log));
    commands.seek(log, restored.position().next());
    applySettings(folded, outbox);
    while (!stopping && failed == null) {
      lastTurn = System.nanoTime();
      if (!caughtUp.isDone() && commands.position(log) >= restored.end()) {
        caughtUp.complete(null);
      }
      deadlines.fire(folded.state(), outbox::sendToSelf);
      List<ConsumerRecord<byte[], byte[]>> records;
      try {
        records = commands.poll(deadlines.untilNext(folded.state(), LONGEST_TURN)).records(log);
      } catch (WakeupException asked) {
        continue;
      }
      if (!records.isEmpty()) {
        var covered = new Covered();
        take(records, folded, outbox, covered);
        covered.await(outbox.takeUnacknowledged());
        if (!covered.isEmpty()) {
          checkpointer.cover(covered);
        }
        metrics.batch(
            records.size(),
            commands.currentLag(log).orElse(0),
            folded.state().active(),
            folded.state().openRuns());
      }
    }
  }

  /** What this replica was configured with becomes a command where the log says otherwise. */
  private void applySettings(CommandLog folded, Outbox outbox) {
    if (folded.state().settings().maxParallelTasks() != parts.maxParallelTasks()) {
      outbox.sendToSelf(
          new EntityKey.SettingsKey().text(),
          new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, parts.maxParallelTasks()));
    }
  }

  private void take(
      List<ConsumerRecord<byte[], byte[]>> records,
      CommandLog folded,
      Outbox outbox,
      Covered covered) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (failed != null) {
        return;
      }
      Instant appended = Instant.ofEpochMilli(record.timestamp());
      Taken taken;
      try {
        taken = folded.take(record.offset(), appended, record.value());
      } catch (BrokenCommandException bug) {
        Optional<String> reason =
            new SkipSearch(commands, log, () -> stopping).find(bug, this::held);
        broken = null;
        if (reason.isEmpty()) {
          return;
        }
        taken = folded.refuse(record.offset(), appended, reason.get());
        covered(record, taken, folded, outbox, covered);
        commands.seek(log, record.offset() + 1);
        return;
      }
      covered(record, taken, folded, outbox, covered);
    }
  }

  private void held(BrokenCommandException bug) {
    lastTurn = System.nanoTime();
    if (broken == null) {
      LOG.errorf(bug, "partition=%d offset=%d", partition, bug.offset());
    }
    broken = bug;
  }

  private void covered(
      ConsumerRecord<byte[], byte[]> record,
      Taken taken,
      CommandLog folded,
      Outbox outbox,
      Covered covered) {
    switch (taken) {
      case Taken.Decided decided -> {
        parts.milestones().reached(Milestone.DECIDED);
        outbox.send(decided.decision());
        parts.milestones().reached(Milestone.ORDERED);
        covered.add(decided.decision().changes(), folded.position());
        if (!decided.decision().events().isEmpty()) {
          covered.add(() -> publicEvents.events(decided.decision().events(), decided.moment()));
        }
        metrics.decided(decided.decision());
      }
      case Taken.Refused refused -> {
        refusals.refused(record.topic(), partition, record.offset(), refused.reason());
        covered.add(List.of(), folded.position());
        covered.add(
            () ->
                List.of(DeadLetters.of(record, refused.reason(), topics.deadLetters(), partition)));
        metrics.deadLetter();
      }
    }
  }
}
