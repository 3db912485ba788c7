package io.millrace.scheduler.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.InvalidFlowException;
import io.millrace.events.flow.Triggers;
import io.millrace.scheduler.policy.FlowPolicy;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.topics.Installation;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Puts flows into the flows topic and takes them out of it. Both are done when they are known here
 * and the engine knows what starts runs of the flow by itself.
 */
@ApplicationScoped
public class FlowDeployments {
  private static final long NO_VERSION = -1;

  /** Leaves room in a command. */
  private static final int MOST_BYTES = 1 << 20;

  private final Installation installation;
  private final CommandWriter writer;
  private final FlowCatalog catalog;
  private final FlowPolicy policy;
  private final TriggerCommands triggers;

  FlowDeployments(
      Installation installation,
      CommandWriter writer,
      FlowCatalog catalog,
      FlowPolicy policy,
      TriggerCommands triggers) {
    this.installation = installation;
    this.writer = writer;
    this.catalog = catalog;
    this.policy = policy;
    this.triggers = triggers;
  }

  /**
   * What came of a document.
   *
   * @param changed whether it was not known as such before
   * @param version of the deployment; {@value #NO_VERSION} where it became nobody's current one
   * @param triggers that are to start runs by themselves now
   */
  public record Deployed(FlowRef ref, boolean changed, long version, Triggers triggers) {}

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
    if (!asCurrent) {
      return define(ref, canonical);
    }
    FlowCatalog.Deployment before = catalog.deployment(ref.name());
    boolean changed = before == null || !ref.equals(before.ref());
    return store(ref.toString(), Json.write(canonical))
        .chain(definition -> store(ref.name(), Json.write(new FlowCatalog.Pointer(ref))))
        // Not on the producer's own thread, which a first record to another topic would wait for.
        .emitOn(Infrastructure.getDefaultExecutor())
        .chain(
            pointer ->
                triggers
                    .set(ref, pointer.offset(), read.triggers())
                    .chain(() -> catalog.reached(pointer.offset() + 1))
                    .replaceWith(
                        () -> new Deployed(ref, changed, pointer.offset(), read.triggers())));
  }

  /** Stores a definition alone; one that is known is not stored again. */
  private Uni<Deployed> define(FlowRef ref, JsonNode canonical) {
    if (catalog.definition(ref) != null) {
      return Uni.createFrom().item(new Deployed(ref, false, NO_VERSION, Triggers.NONE));
    }
    return store(ref.toString(), Json.write(canonical))
        .chain(definition -> catalog.reached(definition.offset() + 1))
        .replaceWith(() -> new Deployed(ref, true, NO_VERSION, Triggers.NONE));
  }

  private Uni<RecordMetadata> store(String key, byte[] value) {
    return writer.send(new ProducerRecord<>(installation.topics().flows(), 0, bytes(key), value));
  }

  /**
   * Takes the current definition of a name away. The definitions themselves stay: runs refer to
   * them, and {@code name@sha256} still asks for one.
   *
   * @return whether the name had one
   */
  public Uni<Boolean> withdraw(String name) {
    return catalog
        .find(name)
        .chain(
            found ->
                found.isEmpty() || name.indexOf('@') >= 0
                    ? Uni.createFrom().item(false)
                    : store(name, null)
                        .emitOn(Infrastructure.getDefaultExecutor())
                        .chain(
                            tombstone ->
                                triggers
                                    .remove(name, tombstone.offset())
                                    .chain(() -> catalog.reached(tombstone.offset() + 1)))
                        .replaceWith(true));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
