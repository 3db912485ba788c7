package io.millrace.scheduler.archive;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Entity;
import io.millrace.core.EntityCodec;
import io.millrace.core.EntityKey;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.loop.EngineRole;
import io.millrace.scheduler.objects.ObjectStore;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.view.RunEntities;
import io.millrace.scheduler.view.RunView;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Writes each finished run to the object store, then tells the engine that it may let go of it. A
 * run is archived by whoever runs its partition; one that is archived twice is the same object.
 */
@ApplicationScoped
public class RunArchive {
  private static final Logger LOG = Logger.getLogger(RunArchive.class);
  private static final int AFTER_THE_VIEW = 300;
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Few: a burst of ends is no reason to take the processors from what still runs. */
  private static final int AT_A_TIME = 4;

  private final RunView view;
  private final ObjectStore objects;
  private final CommandWriter writer;
  private final EngineRole engine;
  private final String prefix;
  private MultiEmitter<? super RunId> waiting;
  private final Set<RunId> underWay = ConcurrentHashMap.newKeySet();

  RunArchive(
      RunView view,
      ObjectStore objects,
      CommandWriter writer,
      EngineRole engine,
      SchedulerConfig config) {
    this.view = view;
    this.objects = objects;
    this.writer = writer;
    this.engine = engine;
    this.prefix = config.objects().prefix();
  }

  /** A kept run: its entities as the state topic had them, by the text of their keys. */
  private record Kept(RunId run, Map<String, JsonNode> entities) {}

  void start(@Observes @Priority(AFTER_THE_VIEW) StartupEvent start) {
    Multi.createFrom()
        .<RunId>emitter(ended -> waiting = ended, BackPressureStrategy.BUFFER)
        .onItem()
        .transformToUni(this::archive)
        .merge(AT_A_TIME)
        .subscribe()
        .with(done -> {}, failure -> LOG.error("no more runs are archived", failure));
    view.onEnd(this::ended);
    engine.onTakeover(partition -> sweep());
  }

  private void ended(RunId run) {
    if (engine.owns(writer.partition(run.value())) && underWay.add(run)) {
      waiting.emit(run);
    }
  }

  /** What a former owner of a partition left. */
  private void sweep() {
    view.list(run -> run.isOver() && !run.isArchived()).forEach(run -> ended(run.id()));
  }

  private Uni<Void> archive(RunId run) {
    return Uni.createFrom()
        .item(() -> write(run))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .chain(
            written ->
                written
                    ? writer.append(run.value(), new Command.RunArchived(run))
                    : Uni.createFrom().voidItem())
        .onFailure()
        .invoke(failure -> LOG.warnf("run=%s not archived yet: %s", run, failure.getMessage()))
        .onFailure()
        .retry()
        .withBackOff(FIRST_DELAY, LONGEST_DELAY)
        .expireIn(PATIENCE.toMillis())
        .onTermination()
        .invoke(() -> underWay.remove(run))
        .onFailure()
        .invoke(
            failure ->
                LOG.errorf(
                    "run=%s stays in the engine's state until its partition is taken over: %s",
                    run, failure.getMessage()))
        .onFailure()
        .recoverWithNull();
  }

  private boolean write(RunId run) {
    Optional<RunEntities> entities =
        view.find(run).filter(found -> found.isOver() && !found.isArchived());
    entities.ifPresent(found -> objects.put(key(run), bytes(found), ObjectStore.Condition.NONE));
    return entities.isPresent();
  }

  private String key(RunId run) {
    return prefix + "runs/" + run + ".json";
  }

  private static byte[] bytes(RunEntities run) {
    var entities = new TreeMap<String, JsonNode>();
    run.entities()
        .forEach((key, entity) -> entities.put(key.text(), tree(EntityCodec.write(entity))));
    return Json.write(new Kept(run.id(), entities));
  }

  private static JsonNode tree(byte[] json) {
    return switch (Json.read(json, JsonNode.class, "an entity")) {
      case Decoded.Understood<JsonNode>(JsonNode tree) -> tree;
      case Decoded.NotUnderstood<JsonNode>(String reason) ->
          throw new IllegalStateException("an entity's own bytes are JSON: " + reason);
    };
  }

  /**
   * The run with everything that was kept of it; itself when it is not archived or the archive has
   * lost it. Blocks.
   */
  public RunEntities whole(RunEntities run) {
    return run.isArchived() ? read(run.id()).orElse(run) : run;
  }

  private Optional<RunEntities> read(RunId run) {
    return objects
        .get(key(run))
        .flatMap(
            bytes ->
                switch (Json.read(bytes, Kept.class, "an archived run")) {
                  case Decoded.Understood<Kept>(Kept kept) -> Optional.of(entities(kept));
                  case Decoded.NotUnderstood<Kept>(String reason) -> {
                    LOG.warnf("object=%s cannot be read: %s", key(run), reason);
                    yield Optional.<RunEntities>empty();
                  }
                });
  }

  private static RunEntities entities(Kept kept) {
    var entities = new HashMap<EntityKey, Entity>();
    kept.entities()
        .forEach(
            (text, tree) -> {
              EntityKey key = EntityKey.parse(text);
              byte[] bytes = tree.toString().getBytes(StandardCharsets.UTF_8);
              entities.put(key, EntityCodec.read(key, bytes));
            });
    return new RunEntities(kept.run(), entities);
  }
}
