package io.millrace.client.audit;

import io.millrace.core.BrokenCommandException;
import io.millrace.core.CommandLog;
import io.millrace.core.CommandLog.Taken;
import io.millrace.core.Entity;
import io.millrace.core.EntityCodec;
import io.millrace.core.Position;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Order;
import io.millrace.events.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** One partition: its log decided again, beside its checkpoint and the orders that went out. */
final class PartitionAudit {
  private static final int MOST_DIFFERENCES = 20;

  private final Topics topics;
  private final int partition;
  private final TopicPast past;
  private final List<String> differences = new ArrayList<>();

  PartitionAudit(Topics topics, int partition, TopicPast past) {
    this.topics = topics;
    this.partition = partition;
    this.past = past;
  }

  /**
   * What was compared.
   *
   * @param commands decided again
   * @param entities compared
   * @param orders compared, repetitions apart
   * @param repeated orders that went out more than once, which is harmless
   * @param differences empty when all is as it has to be
   * @param checkpoint what the live engine's state was
   */
  record Result(
      int partition,
      int commands,
      int entities,
      int orders,
      int repeated,
      List<String> differences,
      Checkpoint checkpoint) {}

  /**
   * @param from where to begin to decide
   * @throws IllegalStateException when the log no longer goes back so far
   */
  Result run(Checkpoint from) {
    // In this order, while the engine goes on: the orders that the checkpoint covers are then
    // surely
    // among those read, and the commands that those follow from are among the commands read.
    Checkpoint live = checkpoint();
    Sent sent = sent();
    var commands = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    long start =
        past.read(
            topics.commands(),
            partition,
            record -> {
              if (record.offset() >= from.position().next()) {
                commands.add(record);
              }
            });
    if (start > from.position().next()) {
      throw new IllegalStateException(
          "partition %d: %s begins at offset %d, older commands are gone by retention, and there is no checkpoint of offset %d or later to begin with; audit with --keep FOLDER at least once within its retention"
              .formatted(partition, topics.commands(), start, start));
    }
    var log = new CommandLog(from.state(partition, topics.partitions()), from.position());
    var covered = new ArrayList<String>();
    var tail = new ArrayList<String>();
    int entities = -1;
    for (int i = 0; i < commands.size(); i++) {
      if (entities < 0 && commands.get(i).offset() >= live.position().next()) {
        entities = compare(log, live);
      }
      decide(log, commands, i, entities < 0 ? covered : tail);
    }
    entities = entities < 0 ? compare(log, live) : entities;
    compareOrders(sent, covered, tail, from.position().next() == 0);
    return new Result(
        partition,
        commands.size(),
        entities,
        covered.size(),
        sent.repeated(),
        List.copyOf(differences),
        live);
  }

  private Checkpoint checkpoint() {
    var latest = new TreeMap<String, byte[]>();
    past.read(
        topics.state(),
        partition,
        record -> {
          String key = new String(record.key(), StandardCharsets.UTF_8);
          if (record.value() == null) {
            latest.remove(key);
          } else {
            latest.put(key, record.value());
          }
        });
    byte[] position = latest.remove(Position.KEY);
    return new Checkpoint(
        position == null ? Position.START : EntityCodec.readPosition(position), latest);
  }

  /**
   * The orders that went out.
   *
   * @param start where their topic begins
   * @param orders each once, in the sequence of the first times
   * @param repeated how many were repetitions
   */
  private record Sent(long start, LinkedHashSet<String> orders, int repeated) {}

  private Sent sent() {
    var orders = new LinkedHashSet<String>();
    int[] count = new int[1];
    long start =
        past.read(
            topics.orders(),
            partition,
            record -> {
              count[0]++;
              orders.add(new String(record.value(), StandardCharsets.UTF_8));
            });
    return new Sent(start, orders, count[0] - orders.size());
  }

  private void decide(
      CommandLog log, List<ConsumerRecord<byte[], byte[]>> commands, int i, List<String> orders) {
    ConsumerRecord<byte[], byte[]> record = commands.get(i);
    Instant appended = Instant.ofEpochMilli(record.timestamp());
    Taken taken;
    try {
      taken = log.take(record.offset(), appended, record.value());
    } catch (BrokenCommandException bug) {
      String reason = skipped(commands, i);
      if (reason == null) {
        throw bug;
      }
      taken = log.refuse(record.offset(), appended, reason);
    }
    if (taken instanceof Taken.Decided decided) {
      for (Order order : decided.decision().orders()) {
        orders.add(Json.text(order));
      }
    }
  }

  private static String skipped(List<ConsumerRecord<byte[], byte[]>> commands, int broken) {
    for (ConsumerRecord<byte[], byte[]> later : commands.subList(broken + 1, commands.size())) {
      if (Json.read(later.value(), Command.class, "a command")
              instanceof Decoded.Understood<Command>(Command.CommandSkipped skip)
          && skip.offset() == commands.get(broken).offset()) {
        return "" + skip.reason();
      }
    }
    return null;
  }

  private int compare(CommandLog log, Checkpoint live) {
    var folded = new TreeMap<String, byte[]>();
    for (Entity entity : log.state().entities()) {
      folded.put(entity.key().text(), EntityCodec.write(entity));
    }
    folded.forEach(
        (key, bytes) -> {
          byte[] there = live.entities().get(key);
          if (there == null) {
            differ("state: '%s' is missing".formatted(key));
          } else if (!Arrays.equals(there, bytes)) {
            differ(
                "state: '%s' is %s, expected %s"
                    .formatted(
                        key,
                        new String(there, StandardCharsets.UTF_8),
                        new String(bytes, StandardCharsets.UTF_8)));
          }
        });
    live.entities().keySet().stream()
        .filter(key -> !folded.containsKey(key))
        .forEach(key -> differ("state: '%s' is there, expected nothing".formatted(key)));
    return folded.size();
  }

  /**
   * Orders that the checkpoint covers went out, in their order; beyond it some may not have yet.
   *
   * @param whole whether the log was decided from its beginning
   */
  private void compareOrders(Sent all, List<String> covered, List<String> tail, boolean whole) {
    LinkedHashSet<String> sent = all.orders();
    var expected = new LinkedHashSet<>(covered);
    expected.addAll(tail);
    if (whole) {
      sent.stream()
          .filter(order -> !expected.contains(order))
          .forEach(order -> differ("orders: this one does not follow from the log: " + order));
    }
    if (all.start() == 0) {
      covered.stream()
          .filter(order -> !sent.contains(order))
          .forEach(order -> differ("orders: this one never went out: " + order));
      compareSequence(expected, sent);
    }
  }

  private void compareSequence(LinkedHashSet<String> expected, LinkedHashSet<String> sent) {
    var inBoth = new ArrayList<>(expected);
    inBoth.retainAll(sent);
    var asSent = new ArrayList<>(sent);
    asSent.retainAll(expected);
    if (!inBoth.equals(asSent)) {
      differ("orders: they went out in another sequence than the log's");
    }
  }

  private void differ(String what) {
    if (differences.size() < MOST_DIFFERENCES) {
      differences.add(what);
    }
  }
}
