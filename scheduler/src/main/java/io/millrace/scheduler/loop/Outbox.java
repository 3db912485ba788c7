package io.millrace.scheduler.loop;

import io.millrace.core.Decision;
import io.millrace.events.CloudEvents;
import io.millrace.events.Command;
import io.millrace.events.Json;
import io.millrace.events.Order;
import io.millrace.events.RunRequest;
import io.millrace.events.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Sends what follows from decisions at once, without waiting. What is not yet known to be
 * acknowledged is collected: a checkpoint waits for all of it that it covers, for after it nothing
 * would send it again.
 */
final class Outbox implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Topics topics;
  private final int partition;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Runnable lost;
  private List<Future<RecordMetadata>> unacknowledged = new ArrayList<>();

  /**
   * @param producer idempotent; belongs to this outbox
   * @param lost called on the producer's thread when it has given a record up: there may be a gap
   */
  Outbox(Topics topics, int partition, KafkaProducer<byte[], byte[]> producer, Runnable lost) {
    this.topics = topics;
    this.partition = partition;
    this.producer = producer;
    this.lost = lost;
  }

  void send(Decision decision) {
    for (Order order : decision.orders()) {
      send(record(topics.orders(), partition, order.of().run().value(), Json.write(order)));
    }
    for (Decision.Message message : decision.messages()) {
      Integer to = message.partition() < 0 ? null : Integer.valueOf(message.partition());
      send(record(topics.commands(), to, message.key(), Json.write(message.command())));
    }
    for (Decision.Request request : decision.requests()) {
      send(record(request));
    }
  }

  /** As everybody asks for runs; the same request again asks for the same run. */
  private ProducerRecord<byte[], byte[]> record(Decision.Request request) {
    String run = request.run().value();
    var headers = new RecordHeaders();
    CloudEvents.headers(request.id(), request.source(), RunRequest.TYPE, run, request.time())
        .forEach(headers::add);
    return new ProducerRecord<>(
        topics.runRequests(),
        null,
        run.getBytes(StandardCharsets.UTF_8),
        Json.write(request.request()),
        headers);
  }

  /** A command to this partition itself. */
  void sendToSelf(String key, Command command) {
    send(record(topics.commands(), partition, key, Json.write(command)));
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, Integer partition, String key, byte[] value) {
    return new ProducerRecord<>(topic, partition, key.getBytes(StandardCharsets.UTF_8), value);
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    unacknowledged.add(
        producer.send(
            record,
            (metadata, failure) -> {
              if (failure != null) {
                lost.run();
              }
            }));
  }

  /** What was sent since the last call and may not have arrived. */
  List<Future<RecordMetadata>> takeUnacknowledged() {
    List<Future<RecordMetadata>> taken = unacknowledged;
    unacknowledged = new ArrayList<>();
    return taken;
  }

  @Override
  public void close() {
    // What is not sent by then is sent again by whoever goes on.
    producer.close(PATIENCE);
  }
}
