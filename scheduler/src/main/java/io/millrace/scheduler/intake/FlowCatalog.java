package io.millrace.scheduler.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.InvalidFlowException;
import io.millrace.scheduler.policy.FlowPolicy;
import io.millrace.scheduler.topics.CommandWriter;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
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

  /** Leaves room in a command. */
  private static final int MOST_BYTES = 1 << 20;

  private final Installation installation;
  private final KafkaClients clients;
  private final CommandWriter writer;
  private final Offsets offsets;
  private final FlowPolicy policy;
  private final Map<FlowRef, List<FlowProblem>> judged = new ConcurrentHashMap<>();
  private final Map<FlowRef, JsonNode> definitions = new ConcurrentHashMap<>();
  private final Map<FlowRef, FlowDocument> documents = new ConcurrentHashMap<>();
  private final Map<String, FlowRef> current = new ConcurrentSkipListMap<>();
  private TopicFollower follower;

  /** The value of a record whose key is a flow's name: its current definition. */
  private record Pointer(FlowRef ref) {}

  FlowCatalog(
      Installation installation,
      KafkaClients clients,
      CommandWriter writer,
      Offsets offsets,
      FlowPolicy policy) {
    this.installation = installation;
    this.clients = clients;
    this.writer = writer;
    this.offsets = offsets;
    this.policy = policy;
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
        read(new String(record.key(), StandardCharsets.UTF_8), record.value());
      } catch (RuntimeException foreign) {
        LOG.warnf(
            "topic=%s offset=%d is no flow and is passed over: %s",
            record.topic(), record.offset(), foreign.getMessage());
      }
    }
  }

  private void read(String key, byte[] value) {
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
    } else if (Json.read(value, Pointer.class, "a flow's pointer")
        instanceof Decoded.Understood<Pointer>(Pointer pointer)) {
      current.put(key, pointer.ref());
    }
  }

  /** Completes when all that was deployed before the start is known. */
  public CompletableFuture<Void> caughtUp() {
    return follower.caughtUp();
  }

  /** The current definitions, by name. */
  public List<FlowRef> current() {
    return List.copyOf(current.values());
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
    return offsets
        .ends(installation.topics().flows(), 1)
        .chain(ends -> reached(ends.get(0)))
        .map(ignored -> known(text));
  }

  private Uni<Void> reached(long offset) {
    return Uni.createFrom().completionStage(() -> follower.reached(0, offset));
  }

  private Optional<FlowRef> known(String text) {
    if (text.indexOf('@') < 0) {
      return Optional.ofNullable(current.get(text));
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

  /**
   * What stands against running a known definition here, which may have been deployed under another
   * policy.
   */
  List<FlowProblem> problems(FlowRef ref) {
    return judged.computeIfAbsent(ref, known -> policy.problems(known, document(known)));
  }

  /** What came of a deployment. */
  public record Deployed(FlowRef ref, boolean changed) {}

  /**
   * Stores a document, so that runs can be asked for.
   *
   * @param asCurrent whether it becomes the current definition of its name; if not, it is known by
   *     {@code name@sha256} alone and stands in no list
   * @throws InvalidFlowException with everything that is wrong with it
   */
  public Uni<Deployed> deploy(JsonNode document, boolean asCurrent) {
    JsonNode canonical = FlowDocuments.canonical(document);
    var problems = new ArrayList<FlowProblem>();
    FlowDocument read = FlowDocumentReader.read(canonical, problems);
    if (read != null) {
      FlowGraph.check(read, problems);
    }
    int bytes = Json.write(canonical).length;
    if (bytes > MOST_BYTES) {
      problems.add(
          new FlowProblem(
              "document",
              "has %d bytes as JSON, at most %d are taken; keep scripts and data in files or images"
                  .formatted(bytes, MOST_BYTES)));
    }
    if (!problems.isEmpty() || read == null) {
      throw new InvalidFlowException(problems);
    }
    FlowRef ref = FlowDocuments.ref(canonical);
    problems.addAll(policy.problems(ref, read));
    if (!problems.isEmpty()) {
      throw new InvalidFlowException(problems);
    }
    boolean changed =
        asCurrent ? !ref.equals(current.get(ref.name())) : !definitions.containsKey(ref);
    if (!changed && !asCurrent) {
      return Uni.createFrom().item(new Deployed(ref, false));
    }
    String topic = installation.topics().flows();
    return writer
        .send(new ProducerRecord<>(topic, 0, bytes(ref.toString()), Json.write(canonical)))
        .chain(
            definition ->
                asCurrent
                    ? writer.send(
                        new ProducerRecord<>(
                            topic, 0, bytes(ref.name()), Json.write(new Pointer(ref))))
                    : Uni.createFrom().item(definition))
        .chain(last -> reached(last.offset() + 1))
        .map(ignored -> new Deployed(ref, changed));
  }

  /**
   * Takes the current definition of a name away. The definitions themselves stay: runs refer to
   * them, and {@code name@sha256} still asks for one.
   *
   * @return whether the name had one
   */
  public Uni<Boolean> withdraw(String name) {
    return find(name)
        .chain(
            found ->
                found.isEmpty() || name.indexOf('@') >= 0
                    ? Uni.createFrom().item(false)
                    : writer
                        .send(
                            new ProducerRecord<>(
                                installation.topics().flows(), 0, bytes(name), null))
                        .chain(tombstone -> reached(tombstone.offset() + 1))
                        .replaceWith(true));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
