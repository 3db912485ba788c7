package io.millrace.scheduler.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.scheduler.topics.Installation;
import io.millrace.scheduler.topics.KafkaClients;
import io.millrace.scheduler.topics.Offsets;
import io.millrace.scheduler.topics.TopicFollower;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jboss.logging.Logger;

/**
 * Every flow that was ever deployed, and which definition of a name is current: the flows topic in
 * memory. Definitions are kept as documents; a graph is made when it is asked for.
 */
@ApplicationScoped
public class FlowCatalog {
  private static final Logger LOG = Logger.getLogger(FlowCatalog.class);
  private static final int AFTER_THE_TOPICS = 50;
  private static final int LATE = 5_000;

  private final Installation installation;
  private final KafkaClients clients;
  private final Offsets offsets;
  private final Map<FlowRef, JsonNode> definitions = new ConcurrentHashMap<>();
  private final Map<FlowRef, FlowDocument> documents = new ConcurrentHashMap<>();
  private final Map<String, Deployment> current = new ConcurrentSkipListMap<>();
  private final Map<String, Long> withdrawn = new ConcurrentHashMap<>();
  private volatile long latest;
  private TopicFollower follower;

  /** The value of a record whose key is a flow's name: its current definition. */
  record Pointer(FlowRef ref) {}

  /**
   * A flow that is deployed.
   *
   * @param ref its current definition
   * @param version grows with each deployment of whatever flow
   */
  public record Deployment(FlowRef ref, long version) {}

  FlowCatalog(Installation installation, KafkaClients clients, Offsets offsets) {
    this.installation = installation;
    this.clients = clients;
    this.offsets = offsets;
  }

  void start(@Observes @Priority(AFTER_THE_TOPICS) StartupEvent start) {
    follower =
        TopicFollower.start(
            "flow-catalog", clients.reader(), installation.topics().flows(), 1, this::read);
  }

  void stop(@Observes @Priority(LATE) ShutdownEvent stop) {
    follower.close();
  }

  private void read(ConsumerRecords<byte[], byte[]> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      try {
        read(new String(record.key(), StandardCharsets.UTF_8), record.value(), record.offset());
      } catch (RuntimeException foreign) {
        LOG.warnf(
            "topic=%s offset=%d is no flow and is passed over: %s",
            record.topic(), record.offset(), foreign.getMessage());
      }
    }
  }

  private void read(String key, byte[] value, long offset) {
    if (key.indexOf('@') >= 0) {
      FlowRef ref = FlowRef.parse(key);
      Decoded<JsonNode> document = Json.read(value, JsonNode.class, "a flow document");
      if (value == null) {
        definitions.remove(ref);
      } else if (document instanceof Decoded.Understood<JsonNode>(JsonNode tree)) {
        definitions.put(ref, tree);
      }
    } else if (value == null) {
      current.remove(key);
      withdrawn.put(key, offset);
      latest = offset;
    } else if (Json.read(value, Pointer.class, "a flow's pointer")
        instanceof Decoded.Understood<Pointer>(Pointer pointer)) {
      current.put(key, new Deployment(pointer.ref(), offset));
      withdrawn.remove(key);
      latest = offset;
    }
  }

  /** Completes when all that was deployed before the start is known. */
  public CompletableFuture<Void> caughtUp() {
    return follower.caughtUp();
  }

  /** The current definitions, by name. */
  public List<FlowRef> current() {
    return current.values().stream().map(Deployment::ref).toList();
  }

  /** What is deployed, by name. */
  public List<Deployment> deployments() {
    return List.copyOf(current.values());
  }

  /** The names of flows that were withdrawn, and since which version. */
  public Map<String, Long> withdrawn() {
    return Map.copyOf(withdrawn);
  }

  /** What is deployed under a name; null when nothing is. */
  Deployment deployment(String name) {
    return current.get(name);
  }

  /** The version of the latest deployment or withdrawal that is known here. */
  public long latest() {
    return latest;
  }

  /** Completes when everything is known that was deployed before. */
  public Uni<Void> upToDate() {
    return offsets.ends(installation.topics().flows(), 1).chain(ends -> reached(ends.get(0)));
  }

  /**
   * The definition that a text names: {@code name} for the current one, or {@code name@sha256}.
   * Looks once more after having read everything that is in the topic now.
   */
  public Uni<Optional<FlowRef>> find(String text) {
    Optional<FlowRef> known = known(text);
    if (known.isPresent()) {
      return Uni.createFrom().item(known);
    }
    return upToDate().map(ignored -> known(text));
  }

  /** Completes when the topic is known up to there, without the offset itself. */
  Uni<Void> reached(long offset) {
    return Uni.createFrom().completionStage(() -> follower.reached(0, offset));
  }

  private Optional<FlowRef> known(String text) {
    if (text.indexOf('@') < 0) {
      return Optional.ofNullable(current.get(text)).map(Deployment::ref);
    }
    try {
      return Optional.of(FlowRef.parse(text)).filter(definitions::containsKey);
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  /** The definition as JSON; null when it is not known. */
  public JsonNode definition(FlowRef ref) {
    return definitions.get(ref);
  }

  /** The definition, read; null when it is not known. */
  public FlowDocument document(FlowRef ref) {
    return documents.computeIfAbsent(
        ref,
        absent -> {
          JsonNode definition = definitions.get(absent);
          return definition == null ? null : FlowDocumentReader.read(definition);
        });
  }
}
