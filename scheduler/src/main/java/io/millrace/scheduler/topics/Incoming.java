package io.millrace.scheduler.topics;

import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** A record that came in, as the broker has it, and when it may be forgotten. */
public final class Incoming {
  private final Message<byte[]> message;
  private final ConsumerRecord<byte[], byte[]> record;

  private Incoming(Message<byte[]> message, ConsumerRecord<byte[], byte[]> record) {
    this.message = message;
    this.record = record;
  }

  /** Of a message of Kafka's connector. */
  public static Incoming of(Message<byte[]> message) {
    ConsumerRecord<?, ?> record =
        message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow().getRecord();
    return new Incoming(
        message,
        new ConsumerRecord<>(
            record.topic(),
            record.partition(),
            record.offset(),
            record.timestamp(),
            record.timestampType(),
            record.serializedKeySize(),
            record.serializedValueSize(),
            (byte[]) record.key(),
            message.getPayload(),
            record.headers(),
            record.leaderEpoch()));
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

  /** Acknowledges the record: there is nothing to do for it. */
  public Uni<Void> pass() {
    return Uni.createFrom().completionStage(message.ack());
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
        .chain(this::pass);
  }
}
