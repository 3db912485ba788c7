package io.millrace.scheduler.topics;

import io.millrace.events.Command;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.watcher.ObservationSink;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.utils.Utils;

/**
 * Appends to the command log. One producer for all rooms: what one of them sends to a partition
 * arrives in the order of the calls.
 */
@ApplicationScoped
public class CommandWriter implements ObservationSink {
  private final Installation installation;
  private final KafkaProducer<byte[], byte[]> producer;

  CommandWriter(Installation installation, KafkaClients clients) {
    this.installation = installation;
    this.producer = clients.producer();
  }

  @PreDestroy
  void close() {
    producer.close();
  }

  /** The partition in which a key's entities live; the rule of Kafka's own clients. */
  public int partition(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(bytes)) % installation.topics().partitions();
  }

  /**
   * Appends a command to the partition of a key. Sent when it is called, in order.
   *
   * @return completes when it is durable
   */
  public Uni<Void> append(String key, Command command) {
    return append(partition(key), key, command);
  }

  /** Appends a command to a partition. */
  public Uni<Void> append(int partition, String key, Command command) {
    return send(new ProducerRecord<>(
            installation.topics().commands(),
            partition,
            key.getBytes(StandardCharsets.UTF_8),
            Json.write(command)))
        .replaceWithVoid();
  }

  @Override
  public Uni<Void> publish(Observation observation) {
    return Uni.createFrom().deferred(() -> append(observation.of().run().value(), observation));
  }

  /**
   * Puts a record that came in to the dead letters, with the reason; completes when it is there.
   */
  public Uni<Void> refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
    return send(DeadLetters.of(
            record, reason, installation.topics().deadLetters(), record.partition()))
        .replaceWithVoid();
  }

  /**
   * Sends any record of the edges: run requests, flow definitions, dead letters.
   *
   * @return where it is, when it is durable
   */
  public Uni<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    return Uni.createFrom()
        .emitter(
            emitter ->
                producer.send(
                    record,
                    (metadata, failure) -> {
                      if (failure == null) {
                        emitter.complete(metadata);
                      } else {
                        emitter.fail(failure);
                      }
                    }));
  }
}
