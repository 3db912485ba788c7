package io.millrace.metadata;

import io.millrace.events.Topics;
import io.millrace.metadata.database.Database;
import io.millrace.metadata.history.EventFollower;
import io.millrace.metadata.history.HistoryWriter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Opens the database and begins to follow the events, where this replica serves them. */
@ApplicationScoped
public class MetadataParts {
  private static final int AFTER_THE_TOPICS = 60;
  private static final int LATE = 5_000;

  /** After a replica's death the others have its share of the partitions so much later. */
  private static final int SESSION_MS = 6_000;

  private final MetadataConfig config;
  private final String prefix;
  private final Map<String, Object> kafka;
  private Database database;
  private EventFollower follower;

  MetadataParts(
      MetadataConfig config,
      @ConfigProperty(name = "millrace.topics.prefix") Optional<String> prefix,
      @Identifier("default-kafka-broker") Map<String, Object> kafka) {
    this.config = config;
    this.prefix = prefix.orElse("");
    this.kafka = Map.copyOf(kafka);
  }

  void open(@Observes @Priority(AFTER_THE_TOPICS) StartupEvent start) {
    if (!config.enabled()) {
      return;
    }
    database = Database.open(place());
    String topic = new Topics(prefix, 1).events();
    follower = EventFollower.start(topic, new HistoryWriter(database), this::reader);
  }

  private Database.Place place() {
    MetadataConfig.DatabaseConfig server = config.database();
    return server
        .url()
        .map(
            url ->
                new Database.Place(url, server.username(), server.password(), server.connections()))
        .orElseGet(() -> Database.Place.inFolder(config.folder(), server.connections()));
  }

  private KafkaConsumer<byte[], byte[]> reader() {
    var settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, prefix + "millrace-history");
    config.member().ifPresent(m -> settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, m));
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MS);
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MS / 6);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** The database; empty where this replica does not serve it. */
  Optional<Database> database() {
    return Optional.ofNullable(database);
  }

  void close(@Observes @Priority(LATE) ShutdownEvent stop) {
    if (follower != null) {
      follower.close();
    }
    if (database != null) {
      database.close();
    }
  }
}
