package io.millrace.client.request;

import io.millrace.events.CloudEvents;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.events.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The topic of run requests, written to by an ordinary producer. The only class here that knows
 * Kafka's client: commands that do not publish never load it.
 */
public final class RunRequestTopic {
  /** The CloudEvent's source of everything that this command line asks for. */
  public static final String SOURCE = "millrace-cli";

  private final String brokers;
  private final String topic;
  private final Map<String, Object> settings;

  /**
   * @param brokers {@code host:port}, several joined by commas
   * @param prefix of the installation's topics; may be empty
   * @param file with more settings of the producer, such as those of TLS and SASL; null for none
   * @param patience the longest that publishing may take
   * @throws UsageException when the file cannot be read
   */
  public RunRequestTopic(String brokers, String prefix, Path file, Duration patience) {
    this.brokers = brokers;
    this.topic = new Topics(prefix, 1).runRequests();
    this.settings = settings(brokers, file, patience);
  }

  public String topic() {
    return topic;
  }

  /**
   * A request with its identity.
   *
   * @param id of the CloudEvent: publishing it again under the same one starts nothing again
   * @param request what is asked for
   */
  public record Identified(String id, RunRequest request) {
    public static Identified of(RunRequest request) {
      return new Identified(UUID.randomUUID().toString(), request);
    }

    /** The run that it starts: the one that it names, or else the one that follows from it. */
    public RunId run() {
      return request.run() != null ? request.run() : RunId.derived(SOURCE, id);
    }
  }

  /**
   * Publishes a request and waits until the brokers have it.
   *
   * @throws PublishException when they do not take it in time
   */
  public void publish(Identified request) {
    try (var producer =
        new Closing(
            new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer()))) {
      send(producer.producer, record(request, Instant.now()));
    } catch (KafkaException unusable) {
      throw failed(unusable);
    }
  }

  /** Closes without waiting for what will not succeed any more. */
  private record Closing(Producer<String, byte[]> producer) implements AutoCloseable {
    @Override
    public void close() {
      producer.close(Duration.ZERO);
    }
  }

  ProducerRecord<String, byte[]> record(Identified request, Instant now) {
    String run = request.run().value();
    var result = new ProducerRecord<>(topic, run, Json.write(request.request()));
    CloudEvents.headers(request.id(), SOURCE, RunRequest.TYPE, run, now)
        .forEach((name, value) -> result.headers().add(name, value));
    return result;
  }

  void send(Producer<String, byte[]> producer, ProducerRecord<String, byte[]> request) {
    try {
      producer.send(request).get(10, TimeUnit.SECONDS);
    } catch (ExecutionException refused) {
      throw failed(refused.getCause());
    } catch (TimeoutException late) {
      throw failed(late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw failed(interrupted);
    }
  }

  private PublishException failed(Throwable why) {
    Throwable root = why;
    while (root instanceof KafkaException && root.getCause() != null) {
      root = root.getCause();
    }
    boolean late =
        root instanceof org.apache.kafka.common.errors.TimeoutException
            || root instanceof TimeoutException;
    String message;
    if (late && !anybodyListens()) {
      message =
          "No Kafka broker answers at %s. Check --brokers (local mode prints its broker's address when it starts) and that the broker runs."
              .formatted(brokers);
    } else if (late || root instanceof UnknownTopicOrPartitionException) {
      message =
          "The brokers at %s answer, but topic %s did not take the request (%s). If it does not exist, check --topic-prefix, and that a scheduler has been started on these brokers: it creates the topics. Brokers that want TLS or SASL need --kafka-config."
              .formatted(brokers, topic, root.getMessage());
    } else {
      message =
          "The request could not be published to topic %s at %s: %s"
              .formatted(topic, brokers, root.getMessage());
    }
    return new PublishException(message, why);
  }

  private boolean anybodyListens() {
    for (String broker : brokers.split(",")) {
      int colon = broker.lastIndexOf(':');
      try (var socket = new Socket()) {
        String host = broker.substring(0, colon).strip();
        int port = Integer.parseInt(broker.substring(colon + 1).strip());
        socket.connect(new InetSocketAddress(host, port), 500);
        return true;
      } catch (IOException | RuntimeException nobody) {
        continue;
      }
    }
    return false;
  }

  private static Map<String, Object> settings(String brokers, Path file, Duration patience) {
    int most = (int) patience.toMillis();
    Map<String, Object> all = KafkaConfigFile.read(file);
    all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    all.put(ProducerConfig.CLIENT_ID_CONFIG, SOURCE);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    // Half for finding the topic, half for the acknowledgement.
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, most / 2);
    all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, most / 2);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, most / 2);
    return all;
  }
}
