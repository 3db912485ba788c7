package io.millrace.scheduler.loop;

import io.millrace.core.Change;
import io.millrace.core.Entity;
import io.millrace.core.EntityCodec;
import io.millrace.core.EntityKey;
import io.millrace.core.Position;
import io.millrace.core.State;
import io.millrace.events.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads a partition's last checkpoint. The predecessor must have been fenced before: then nothing
 * more is added to the state topic, and what was being committed is either there or never will be.
 */
final class Takeover {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Topics topics;
  private final int partition;
  private final Admin admin;
  private final Map<String, byte[]> latest = new HashMap<>();

  Takeover(Topics topics, int partition, Admin admin) {
    this.topics = topics;
    this.partition = partition;
    this.admin = admin;
  }

  /**
   * What a loop goes on from.
   *
   * @param end where the command log ended when the takeover began: past it the loop is caught up
   */
  record Restored(State state, Position position, long end) {}

  /**
   * @param committed reads committed records only; is assigned and sought here
   * @throws LostLogException when checkpoint and command log do not fit together
   */
  Restored restore(KafkaConsumer<byte[], byte[]> committed) throws InterruptedException {
    var states = new TopicPartition(topics.state(), partition);
    // To the end as an uncommitted reader sees it: what a committed one is shown at this moment may
    // stop short of a transaction whose markers are still being written.
    long end = offset(states, OffsetSpec.latest());
    committed.assign(List.of(states));
    committed.seekToBeginning(List.of(states));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (committed.position(states) < end) {
      committed.poll(Duration.ofSeconds(1)).forEach(this::keep);
      if (System.nanoTime() > deadline && committed.position(states) < end) {
        throw new LostLogException(
            "partition %d of %s cannot be read to its end within %s: an open transaction of a foreign producer holds it up at offset %d of %d"
                .formatted(partition, topics.state(), PATIENCE, committed.position(states), end));
      }
    }
    byte[] position = latest.remove(Position.KEY);
    State state = state();
    return checked(state, position == null ? Position.START : EntityCodec.readPosition(position));
  }

  private void keep(ConsumerRecord<byte[], byte[]> record) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      latest.remove(key);
    } else {
      latest.put(key, record.value());
    }
  }

  /**
   * What is derived from an entity may need another: definitions first, then runs, then the rest.
   */
  private State state() {
    var changes = new ArrayList<Change>(latest.size());
    latest.forEach(
        (text, bytes) -> {
          EntityKey key = EntityKey.parse(text);
          changes.add(new Change(key, EntityCodec.read(key, bytes)));
        });
    changes.sort(Comparator.comparingInt(change -> rank(change.entity())));
    var state = new State(partition, topics.partitions());
    state.apply(changes);
    return state;
  }

  private static int rank(Entity entity) {
    return switch (entity) {
      case Entity.Flow flow -> 0;
      case Entity.Run run -> 1;
      case Entity.Status status -> 2;
      case Entity.Task task -> 2;
      case Entity.Fan fan -> 2;
      case Entity.Chunk chunk -> 2;
      case Entity.Join join -> 2;
      case Entity.Progress progress -> 2;
      case Entity.Limit limit -> 2;
      case Entity.Permits permits -> 2;
      case Entity.Trigger trigger -> 2;
      case Entity.Heard heard -> 2;
      case Entity.Settings settings -> 2;
    };
  }

  private Restored checked(State state, Position position) throws InterruptedException {
    var commands = new TopicPartition(topics.commands(), partition);
    long start = offset(commands, OffsetSpec.earliest());
    long end = offset(commands, OffsetSpec.latest());
    if (position.next() < start) {
      throw new LostLogException(
          "the checkpoint of partition %d is at offset %d, and %s begins at %d: commands between are lost, by retention or by deletion. Restore the topic from a copy; or, to give up what runs of this partition, delete the records of %s in it"
              .formatted(partition, position.next(), topics.commands(), start, topics.state()));
    }
    if (position.next() > end) {
      throw new LostLogException(
          "the checkpoint of partition %d is at offset %d, and %s ends at %d: the topic was created anew or lost its end. Restore it from a copy; or, to begin anew, delete the records of %s in this partition"
              .formatted(partition, position.next(), topics.commands(), end, topics.state()));
    }
    return new Restored(state, position, end);
  }

  private long offset(TopicPartition of, OffsetSpec spec) throws InterruptedException {
    try {
      return admin
          .listOffsets(Map.of(of, spec), new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
          .partitionResult(of)
          .get()
          .offset();
    } catch (ExecutionException failed) {
      throw new org.apache.kafka.common.KafkaException(
          "the offsets of " + of + " cannot be had", failed.getCause());
    }
  }
}
