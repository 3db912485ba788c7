package io.millrace.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows the events topic as any program may, and completes what tests wait for. */
public final class PublicEvents implements AutoCloseable {
  private static final Set<String> ENDS = Set.of("succeeded", "failed", "cancelled", "timed-out");

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Seen> seen = new ArrayList<>();
  private final Map<RunId, CompletableFuture<String>> ends = new HashMap<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private final Thread thread;
  private volatile boolean closed;

  /** An event's type without what all have in common, its subject and its data. */
  public record Seen(String id, String type, String subject, JsonNode data) {}

  private record Waiting(
      String type, String subject, Predicate<Seen> wanted, CompletableFuture<Seen> event) {}

  /**
   * @param kafka where the brokers are and how to get in
   */
  PublicEvents(Map<String, Object> kafka) {
    var settings = new HashMap<>(kafka);
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    thread = Thread.ofPlatform().name("public-events").daemon().start(this::follow);
  }

  private void follow() {
    try (consumer) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("millrace.events").stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!closed) {
        consumer.poll(Duration.ofSeconds(1)).forEach(this::see);
      }
    } catch (WakeupException stopped) {
      // Closed.
    }
  }

  private synchronized void see(ConsumerRecord<byte[], byte[]> record) {
    String type = header(record, "ce_type").substring("io.millrace.".length());
    if (!(Json.read(record.value(), JsonNode.class, "an event")
        instanceof Decoded.Understood<JsonNode>(JsonNode data))) {
      throw new IllegalStateException("an event is no JSON");
    }
    var event = new Seen(header(record, "ce_id"), type, header(record, "ce_subject"), data);
    seen.add(event);
    if (type.startsWith("run.") && ENDS.contains(type.substring(4))) {
      end(RunId.of(event.subject())).complete(type.substring(4));
    }
    for (Waiting waits : waiting) {
      if (matches(waits, event)) {
        waits.event().complete(event);
      }
    }
  }

  private static boolean matches(Waiting waits, Seen event) {
    return event.type().equals(waits.type())
        && event.subject().matches(waits.subject())
        && waits.wanted().test(event);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** Completes with a run's last state. */
  public synchronized CompletableFuture<String> end(RunId run) {
    return ends.computeIfAbsent(run, r -> new CompletableFuture<>());
  }

  /** Completes with the first event of a type whose subject matches, seen already or later. */
  public CompletableFuture<Seen> event(String type, String subject) {
    return event(type, subject, event -> true);
  }

  /** As {@link #event(String, String)}, where a condition holds besides. */
  public synchronized CompletableFuture<Seen> event(
      String type, String subject, Predicate<Seen> wanted) {
    var waits = new Waiting(type, subject, wanted, new CompletableFuture<>());
    seen.stream()
        .filter(event -> matches(waits, event))
        .findFirst()
        .ifPresentOrElse(waits.event()::complete, () -> waiting.add(waits));
    return waits.event();
  }

  /** Everything seen of a run so far. */
  public synchronized List<Seen> of(RunId run) {
    return seen.stream()
        .filter(e -> e.subject().equals(run.value()) || e.subject().startsWith(run + "/"))
        .toList();
  }

  @Override
  public void close() {
    closed = true;
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
