package io.millrace.scheduler.view;

import io.millrace.core.Entity;
import io.millrace.core.EntityCodec;
import io.millrace.core.EntityKey;
import io.millrace.core.Position;
import io.millrace.core.RunState;
import io.millrace.events.RunId;
import io.millrace.scheduler.topics.Installation;
import io.millrace.scheduler.topics.KafkaClients;
import io.millrace.scheduler.topics.TopicFollower;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jboss.logging.Logger;

/**
 * Every run of the installation, as the last checkpoints have it: every replica follows the state
 * topic of all partitions, whoever decides them.
 */
@ApplicationScoped
public class RunView {
  private static final Logger LOG = Logger.getLogger(RunView.class);
  private static final int AFTER_THE_TOPICS = 50;
  private static final int LATE = 5_000;

  private final Installation installation;
  private final KafkaClients clients;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /**
   * Entities as bytes, read only when somebody asks: far more changes come than questions. Guarded
   * by the lock.
   */
  private final Map<RunId, Map<EntityKey, byte[]>> runs = new HashMap<>();

  /** What starts runs of flows by itself, by flow, as bytes. */
  private final Map<String, byte[]> triggers = new ConcurrentHashMap<>();

  private final Set<Expected> expected = ConcurrentHashMap.newKeySet();

  /** Runs whose end somebody waits for. */
  private final Map<RunId, CompletableFuture<Void>> ending = new ConcurrentHashMap<>();

  private final List<Consumer<RunId>> endListeners = new CopyOnWriteArrayList<>();
  private TopicFollower follower;

  /** Somebody waits to see something. */
  private record Expected(BooleanSupplier isThere, CompletableFuture<Void> shown) {}

  RunView(Installation installation, KafkaClients clients) {
    this.installation = installation;
    this.clients = clients;
  }

  void start(@Observes @Priority(AFTER_THE_TOPICS) StartupEvent start) {
    follower =
        TopicFollower.start(
            "run-view",
            clients.committedReader(),
            installation.topics().state(),
            installation.topics().partitions(),
            this::read);
  }

  void stop(@Observes @Priority(LATE) ShutdownEvent stop) {
    follower.close();
  }

  /** Completes when everything that was there at the start is known. */
  public CompletableFuture<Void> caughtUp() {
    return follower.caughtUp();
  }

  /** Whether it still follows. */
  public boolean isAlive() {
    return follower.isAlive();
  }

  /** Tells of each run that is seen to have ended and is not archived; may tell twice. */
  public void onEnd(Consumer<RunId> listener) {
    endListeners.add(listener);
  }

  /** Completes when a run is shown, or when it has not been for a while: then it may still come. */
  public Uni<Void> awaitShown(RunId run, Duration atMost) {
    return await(() -> find(run).isPresent(), atMost);
  }

  /** Completes when what starts runs of a deployed flow is shown, or not after a while. */
  public Uni<Void> awaitTriggers(String flow, long version, Duration atMost) {
    return await(
        () -> trigger(flow).filter(trigger -> trigger.version() >= version).isPresent(), atMost);
  }

  private Uni<Void> await(BooleanSupplier isThere, Duration atMost) {
    var waiting =
        new Expected(
            isThere,
            new CompletableFuture<Void>()
                .completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS));
    expected.add(waiting);
    lookFor(waiting);
    return Uni.createFrom()
        .completionStage(waiting.shown())
        .onTermination()
        .invoke(() -> expected.remove(waiting));
  }

  private void lookFor(Expected waiting) {
    if (waiting.isThere().getAsBoolean()) {
      waiting.shown().complete(null);
    }
  }

  /** Completes when a run is seen to have ended, or when nothing is known of it. */
  public Uni<Void> awaitEnd(RunId run) {
    CompletableFuture<Void> end = ending.computeIfAbsent(run, r -> new CompletableFuture<Void>());
    if (find(run).map(RunEntities::isOver).orElse(true)) {
      end.complete(null);
      ending.remove(run, end);
    }
    return Uni.createFrom().completionStage(end::copy);
  }

  private void read(ConsumerRecords<byte[], byte[]> records) {
    var ended = new ArrayList<RunId>();
    lock.writeLock().lock();
    try {
      for (ConsumerRecord<byte[], byte[]> record : records) {
        read(record, ended);
      }
    } finally {
      lock.writeLock().unlock();
    }
    expected.forEach(this::lookFor);
    for (RunId run : ended) {
      endListeners.forEach(listener -> listener.accept(run));
      CompletableFuture<Void> end = ending.remove(run);
      if (end != null) {
        end.complete(null);
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record, List<RunId> ended) {
    String text = new String(record.key(), StandardCharsets.UTF_8);
    try {
      EntityKey parsed = text.equals(Position.KEY) ? null : EntityKey.parse(text);
      if (parsed instanceof EntityKey.OfRun key) {
        keep(key, record.value(), ended);
      } else if (parsed instanceof EntityKey.TriggersKey key) {
        triggers.compute(key.flow(), (flow, before) -> record.value());
      }
    } catch (IllegalArgumentException newer) {
      LOG.warnf("key=%s is not shown: %s", text, newer.getMessage());
    }
  }

  private void keep(EntityKey.OfRun key, byte[] entity, List<RunId> ended) {
    Map<EntityKey, byte[]> of = runs.computeIfAbsent(key.run(), run -> new HashMap<>());
    if (entity == null) {
      of.remove(key);
      if (of.isEmpty()) {
        runs.remove(key.run());
      }
      return;
    }
    of.put(key, entity);
    if (key instanceof EntityKey.StatusKey
        && EntityCodec.read(key, entity) instanceof Entity.Status status
        && status.state() instanceof RunState.Ended over
        && !over.archived()) {
      ended.add(key.run());
    }
  }

  /** What starts runs of a flow by itself; empty when nothing does. */
  public Optional<Entity.Trigger> trigger(String flow) {
    return Optional.ofNullable(triggers.get(flow))
        .map(bytes -> (Entity.Trigger) EntityCodec.read(new EntityKey.TriggersKey(flow), bytes))
        .filter(trigger -> !trigger.triggers().areNone());
  }

  /** A run as it is now; empty when nothing is known of it. */
  public Optional<RunEntities> find(RunId run) {
    Map<EntityKey, byte[]> copy;
    lock.readLock().lock();
    try {
      copy = Map.copyOf(runs.getOrDefault(run, Map.of()));
    } finally {
      lock.readLock().unlock();
    }
    return isWhole(run, copy) ? Optional.of(read(run, copy)) : Optional.empty();
  }

  /** The runs that a condition holds for, the newest first, without their tasks. */
  public List<RunEntities> list(Predicate<RunEntities> wanted) {
    var heads = new HashMap<RunId, Map<EntityKey, byte[]>>();
    lock.readLock().lock();
    try {
      runs.forEach(
          (run, of) -> {
            if (isWhole(run, of)) {
              EntityKey head = new EntityKey.RunKey(run);
              EntityKey status = new EntityKey.StatusKey(run);
              heads.put(run, Map.of(head, of.get(head), status, of.get(status)));
            }
          });
    } finally {
      lock.readLock().unlock();
    }
    var found = new ArrayList<RunEntities>();
    heads.forEach(
        (run, of) -> {
          RunEntities head = read(run, of);
          if (wanted.test(head)) {
            found.add(head);
          }
        });
    found.sort(NEWEST_FIRST);
    return found;
  }

  /** Also the order of pages. */
  public static final Comparator<RunEntities> NEWEST_FIRST =
      Comparator.comparing((RunEntities run) -> run.run().started())
          .reversed()
          .thenComparing(RunEntities::id);

  private static RunEntities read(RunId run, Map<EntityKey, byte[]> of) {
    var entities = new HashMap<EntityKey, Entity>();
    of.forEach((key, bytes) -> entities.put(key, EntityCodec.read(key, bytes)));
    return new RunEntities(run, entities);
  }

  private static boolean isWhole(RunId run, Map<EntityKey, byte[]> of) {
    return of.containsKey(new EntityKey.RunKey(run))
        && of.containsKey(new EntityKey.StatusKey(run));
  }
}
