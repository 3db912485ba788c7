package io.millrace.scheduler.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.api.EventView;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.topics.Installation;
import io.millrace.scheduler.topics.KafkaClients;
import io.millrace.scheduler.topics.TopicStream;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** The public events as streams, from their places in the topic on. */
@ApplicationScoped
public class EventStreams {
  private static final Set<String> LAST =
      Set.of("succeeded", "failed", "cancelled", "timed-out").stream()
          .map(state -> "io.millrace.run." + state)
          .collect(Collectors.toUnmodifiableSet());

  private final Installation installation;
  private final KafkaClients clients;
  private final CommandWriter writer;

  EventStreams(Installation installation, KafkaClients clients, CommandWriter writer) {
    this.installation = installation;
    this.clients = clients;
    this.writer = writer;
  }

  /**
   * An event and where a reader that has it goes on.
   *
   * @param next the position after it, as {@link #ofRun} and {@link #ofAll} take it
   */
  public record Placed(EventView event, String next) {}

  /**
   * The events of a run, up to its last.
   *
   * @param since when the run started, or a time before that
   * @param after the position of the last one seen; empty for the beginning
   * @param follow whether to wait for more than is there now
   * @throws IllegalArgumentException when the position is none
   */
  public Multi<Placed> ofRun(RunId run, Instant since, Optional<String> after, boolean follow) {
    var partition =
        new TopicPartition(installation.topics().events(), writer.partition(run.value()));
    Optional<Map<Integer, Long>> from = after.map(EventStreams::parse);
    byte[] key = run.value().getBytes(StandardCharsets.UTF_8);
    return TopicStream.of(
            clients,
            consumer -> {
              consumer.assign(List.of(partition));
              Long known = from.map(offsets -> offsets.get(partition.partition())).orElse(null);
              seek(consumer, partition, known, Optional.of(since));
              return follow ? Map.of() : consumer.endOffsets(List.of(partition));
            },
            record -> Arrays.equals(record.key(), key),
            record -> LAST.contains(header(record, "ce_type")))
        .map(record -> placed(record, new TreeMap<>()));
  }

  /** The events of all runs, after a position or from now on. */
  public Multi<Placed> ofAll(Optional<String> after) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (int n = 0; n < installation.topics().partitions(); n++) {
      partitions.add(new TopicPartition(installation.topics().events(), n));
    }
    Optional<Map<Integer, Long>> from = after.map(EventStreams::parse);
    var seen = new TreeMap<Integer, Long>(from.orElse(Map.of()));
    return TopicStream.of(
            clients,
            consumer -> {
              consumer.assign(partitions);
              consumer.seekToEnd(partitions);
              for (TopicPartition partition : partitions) {
                // Where nothing has come yet, the stream still has a place to go on from.
                seen.computeIfAbsent(partition.partition(), p -> consumer.position(partition) - 1);
                seek(consumer, partition, seen.get(partition.partition()), Optional.empty());
              }
              return Map.of();
            },
            record -> true,
            record -> false)
        .map(record -> placed(record, seen));
  }

  /** A position that retention has overtaken, or that was never there, is as near as there is. */
  private static void seek(
      KafkaConsumer<byte[], byte[]> consumer,
      TopicPartition partition,
      Long lastSeen,
      Optional<Instant> since) {
    long start = consumer.beginningOffsets(List.of(partition)).get(partition);
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    long from = start;
    if (lastSeen != null) {
      from = lastSeen + 1;
    } else if (since.isPresent()) {
      OffsetAndTimestamp found =
          consumer.offsetsForTimes(Map.of(partition, since.get().toEpochMilli())).get(partition);
      from = found == null ? end : found.offset();
    }
    consumer.seek(partition, Math.clamp(from, start, Math.max(start, end)));
  }

  private static Placed placed(ConsumerRecord<byte[], byte[]> record, TreeMap<Integer, Long> seen) {
    seen.put(record.partition(), record.offset());
    String next =
        seen.entrySet().stream()
            .map(entry -> entry.getKey() + "-" + entry.getValue())
            .collect(Collectors.joining(","));
    JsonNode data =
        Json.read(record.value(), JsonNode.class, "an event")
                instanceof Decoded.Understood<JsonNode>(JsonNode tree)
            ? tree
            : NullNode.getInstance();
    return new Placed(
        new EventView(
            header(record, "ce_id"),
            header(record, "ce_type"),
            header(record, "ce_subject"),
            Instant.ofEpochMilli(record.timestamp()),
            data),
        next);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static Map<Integer, Long> parse(String position) {
    var offsets = new TreeMap<Integer, Long>();
    for (String part : position.split(",")) {
      String[] numbers = part.split("-");
      try {
        offsets.put(Integer.parseInt(numbers[0]), Long.parseLong(numbers[1]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException malformed) {
        throw new IllegalArgumentException(
            "Last-Event-ID '%s' is not of the form partition-offset[,partition-offset…]; send back the id of the last event, or leave it out"
                .formatted(position),
            malformed);
      }
    }
    return offsets;
  }
}
