package io.millrace.scheduler.loop;

import io.millrace.core.Change;
import io.millrace.core.Entity;
import io.millrace.core.EntityKey;
import io.millrace.core.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * What a stretch of the command log brought about, and so what a checkpoint behind it writes. Of
 * several changes to one entity the last one counts.
 */
final class Covered {
  private final Map<EntityKey, Entity> changes = new HashMap<>();
  private final List<Supplier<List<ProducerRecord<byte[], byte[]>>>> records = new ArrayList<>();
  private final List<Future<RecordMetadata>> awaited = new ArrayList<>();
  private long since;
  private Position position;
  private int commands;

  /** One more command's effect. */
  void add(List<Change> more, Position now) {
    since = isEmpty() ? System.nanoTime() : since;
    for (Change change : more) {
      changes.put(change.key(), change.entity());
    }
    position = now;
    commands++;
  }

  /** Public events or a dead letter, written down only by who publishes them. */
  void add(Supplier<List<ProducerRecord<byte[], byte[]>>> more) {
    records.add(more);
  }

  /** What has to be acknowledged first. */
  void await(List<Future<RecordMetadata>> more) {
    awaited.addAll(more);
  }

  /** Goes on with a later stretch. */
  void add(Covered later) {
    since = isEmpty() ? later.since : since;
    changes.putAll(later.changes);
    records.addAll(later.records);
    awaited.addAll(later.awaited);
    position = later.position == null ? position : later.position;
    commands += later.commands;
  }

  boolean isEmpty() {
    return commands == 0;
  }

  /** The latest value of each changed entity; null where it went. */
  Map<EntityKey, Entity> changes() {
    return changes;
  }

  List<ProducerRecord<byte[], byte[]>> records() {
    return records.stream().flatMap(some -> some.get().stream()).toList();
  }

  List<Future<RecordMetadata>> awaited() {
    return awaited;
  }

  Position position() {
    return position;
  }

  int commands() {
    return commands;
  }

  /** How long ago the first of its commands was decided, in nanoseconds; 0 while there is none. */
  long age() {
    return isEmpty() ? 0 : System.nanoTime() - since;
  }
}
