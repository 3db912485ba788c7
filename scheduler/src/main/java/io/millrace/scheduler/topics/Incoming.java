package io.millrace.scheduler.topics;

import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordBatchMetadata;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** A record that came in, as the broker has it, and when it may be forgotten. */
public final class Incoming {
  private final ConsumerRecord<byte[], byte[]> record;
  private final Supplier<Uni<Void>> taken;

  private Incoming(ConsumerRecord<byte[], byte[]> record, Supplier<Uni<Void>> taken) {
    this.record = record;
    this.taken = taken;
  }

  /** Of a message of Kafka's connector. */
  @SuppressWarnings("unchecked") // As the channels' deserializers give them.
  public static Incoming of(Message<byte[]> message) {
    ConsumerRecord<byte[], byte[]> record =
        message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow().getRecord();
    return new Incoming(record, () -> acknowledge(message));
  }

  /**
   * Takes those records of a message with many that somebody wants, each again and again until it
   * succeeds; then acknowledges them all.
   */
  @SuppressWarnings("unchecked")
  public static Uni<Void> takeEach(
      Message<List<byte[]>> batch,
      Predicate<Incoming> wanted,
      Function<Incoming, Uni<Void>> how,
      Logger log) {
    ConsumerRecords<byte[], byte[]> records =
        batch.getMetadata(IncomingKafkaRecordBatchMetadata.class).orElseThrow().getRecords();
    var all = new ArrayList<Uni<Void>>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      var incoming = new Incoming(record, () -> Uni.createFrom().voidItem());
      if (wanted.test(incoming)) {
        all.add(incoming.take(how, log));
      }
    }
    return all.isEmpty()
        ? acknowledge(batch)
        : Uni.join().all(all).andFailFast().chain(each -> acknowledge(batch));
  }

  private static Uni<Void> acknowledge(Message<?> message) {
    return Uni.createFrom().completionStage(message::ack);
  }

  public ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  /** When it was published, by the broker's word. */
  public Instant published() {
    return Instant.ofEpochMilli(record.timestamp());
  }

  /** A header's bytes; null when there is none of that name. */
  public byte[] header(String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : header.value();
  }

  /** A header's text; null when there is none of that name. */
  public String text(String name) {
    byte[] value = header(name);
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  /** Takes the record, again and again until it succeeds; then the record is acknowledged. */
  public Uni<Void> take(Function<Incoming, Uni<Void>> how, Logger log) {
    return Uni.createFrom()
        .deferred(() -> how.apply(this))
        .onFailure()
        .invoke(
            failure ->
                log.warnf(
                    "topic=%s offset=%d again: %s",
                    record.topic(), record.offset(), failure.getMessage()))
        .onFailure()
        .retry()
        .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(5))
        .indefinitely()
        .chain(() -> taken.get());
  }
}
