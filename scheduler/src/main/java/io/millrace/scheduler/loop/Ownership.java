package io.millrace.scheduler.loop;

import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Topics;
import io.millrace.scheduler.SchedulerConfig.LeaseConfig;
import io.millrace.scheduler.topics.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * Runs the loops of the partitions that are this replica's, and says on the owners topic which they
 * are. A lease is a series of heartbeats; a group's session would take seconds longer to move.
 */
final class Ownership {
  private static final Logger LOG = Logger.getLogger(Ownership.class);

  /** Enough to hold the last heartbeats of every replica. */
  private static final int LOOK_BACK = 500;

  private static final Duration REFUSED_PAUSE = Duration.ofSeconds(15);

  private final String me;
  private final String incarnation = UUID.randomUUID().toString();
  private final Topics topics;
  private final LeaseConfig lease;
  private final IntFunction<PartitionLoop> newLoop;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final TopicPartition owners;
  private final Membership membership;

  /** Loops that run or are handing over. Touched by the ownership thread, read by others. */
  private final Map<Integer, PartitionLoop> loops = Collections.synchronizedMap(new TreeMap<>());

  private final ConcurrentLinkedQueue<Integer> over = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Long> pausedUntil = new HashMap<>();
  private final Map<Integer, String> refusals = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private long nextHeartbeat = System.nanoTime();
  private boolean fresh;
  private volatile boolean leaving;
  private volatile boolean replaced;
  private volatile boolean joined;

  Ownership(
      String me,
      Topics topics,
      LeaseConfig lease,
      KafkaClients clients,
      IntFunction<PartitionLoop> newLoop) {
    this.me = me;
    this.topics = topics;
    this.lease = lease;
    this.newLoop = newLoop;
    this.consumer = clients.reader();
    this.producer = clients.producer();
    this.owners = new TopicPartition(topics.owners(), 0);
    this.membership = new Membership(topics.partitions(), lease.duration());
  }

  void start() {
    Thread.ofPlatform().name("ownership").daemon().start(this::run);
  }

  /** Hands every partition over and leaves. */
  CompletableFuture<Void> leave() {
    leaving = true;
    consumer.wakeup();
    return left.copy();
  }

  Collection<PartitionLoop> loops() {
    synchronized (loops) {
      return List.copyOf(loops.values());
    }
  }

  /** Completes when it has its share for the first time and each loop is caught up. */
  CompletableFuture<Void> ready() {
    return ready.copy();
  }

  boolean owns(int partition) {
    return loops.containsKey(partition);
  }

  /** Whether it has its share and each loop is caught up. */
  boolean isSettled() {
    return joined
        && !replaced
        && refusals.isEmpty()
        && loops().stream().allMatch(PartitionLoop::isCaughtUp);
  }

  /** Why partitions are not run, by partition. */
  Map<Integer, String> refusals() {
    return Map.copyOf(refusals);
  }

  private void run() {
    try (consumer;
        producer) {
      seek();
      while (!(leaving && loops.isEmpty())) {
        turn();
      }
      beat();
      producer.flush();
    } catch (RuntimeException failed) {
      LOG.errorf(failed, "replica=%s cannot hold its leases any more", me);
    } finally {
      left.complete(null);
    }
  }

  private void seek() {
    consumer.assign(List.of(owners));
    long start = consumer.beginningOffsets(List.of(owners)).get(owners);
    long end = consumer.endOffsets(List.of(owners)).get(owners);
    consumer.seek(owners, Math.max(start, end - LOOK_BACK));
  }

  private void turn() {
    long now = System.nanoTime();
    if (now >= nextHeartbeat) {
      beat();
    }
    try {
      Duration left = Duration.ofNanos(Math.max(0, nextHeartbeat - System.nanoTime()));
      consumer.poll(left).records(owners).forEach(this::read);
    } catch (WakeupException asked) {
      // For what, the loop below and the condition above see.
    }
    for (Integer ended = over.poll(); ended != null; ended = over.poll()) {
      end(ended);
    }
    if (fresh) {
      settle();
    }
  }

  private void beat() {
    nextHeartbeat = System.nanoTime() + lease.heartbeat().toNanos();
    List<Integer> owned;
    synchronized (loops) {
      owned = new ArrayList<>(loops.keySet());
    }
    producer.send(
        new ProducerRecord<>(
            topics.owners(),
            0,
            me.getBytes(StandardCharsets.UTF_8),
            Json.write(new Heartbeat(me, incarnation, owned, leaving || replaced))),
        (metadata, failure) -> {
          if (failure != null) {
            LOG.warnf("replica=%s heartbeat not written: %s", me, failure.getMessage());
          }
        });
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    if (!(Json.read(record.value(), Heartbeat.class, "a heartbeat")
            instanceof Decoded.Understood<Heartbeat>(Heartbeat heartbeat))
        || heartbeat.replica() == null) {
      return;
    }
    boolean mine = heartbeat.replica().equals(me);
    boolean ofThisProcess = mine && incarnation.equals(heartbeat.incarnation());
    if (mine && !ofThisProcess && fresh && !heartbeat.leaving() && !replaced) {
      replaced = true;
      LOG.errorf(
          "replica=%s is the name of another process, too, which started later; this one gives its partitions up. Give each replica a name of its own: millrace.replica",
          me);
    }
    membership.see(heartbeat, Instant.ofEpochMilli(record.timestamp()));
    // What the others own is known as soon as this replica's own sign is read back.
    fresh |= ofThisProcess;
  }

  private void settle() {
    Set<Integer> share = leaving || replaced ? Set.of() : membership.shareOf(me);
    boolean changed = false;
    for (Map.Entry<Integer, PartitionLoop> running : new HashMap<>(loops).entrySet()) {
      if (!share.contains(running.getKey())) {
        running.getValue().stop();
      }
    }
    var waiting = new HashSet<>(share);
    waiting.removeAll(loops.keySet());
    for (int partition : waiting) {
      if (!membership.isHeldByAnother(partition, me) && !isPaused(partition)) {
        begin(partition);
        changed = true;
      }
    }
    if (!joined && loops.keySet().containsAll(share)) {
      joined = true;
      CompletableFuture.allOf(
              loops().stream().map(PartitionLoop::caughtUp).toArray(CompletableFuture<?>[]::new))
          .thenRun(() -> ready.complete(null));
    }
    if (changed) {
      beat();
    }
  }

  private boolean isPaused(int partition) {
    return pausedUntil.getOrDefault(partition, Long.MIN_VALUE) > System.nanoTime();
  }

  private void begin(int partition) {
    PartitionLoop loop = newLoop.apply(partition);
    loops.put(partition, loop);
    loop.ended()
        .thenRun(
            () -> {
              over.add(partition);
              consumer.wakeup();
            });
    loop.start();
  }

  private void end(int partition) {
    PartitionLoop loop = loops.remove(partition);
    switch (loop.ended().join()) {
      case PartitionLoop.End.HandedOver handedOver -> {
        refusals.remove(partition);
        LOG.infof("partition=%d handed over", partition);
      }
      case PartitionLoop.End.Lost lost -> {
        LOG.warnf("partition=%d lost, to be taken over afresh: %s", partition, lost.reason());
        pausedUntil.put(partition, System.nanoTime() + lease.heartbeat().toNanos());
      }
      case PartitionLoop.End.Refused refused -> {
        if (!refused.reason().equals(refusals.put(partition, refused.reason()))) {
          LOG.errorf("partition=%d is not run: %s", partition, refused.reason());
        }
        pausedUntil.put(partition, System.nanoTime() + REFUSED_PAUSE.toNanos());
      }
    }
    beat();
  }
}
