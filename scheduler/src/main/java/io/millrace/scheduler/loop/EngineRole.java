package io.millrace.scheduler.loop;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.scheduler.Milestones;
import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.Role;
import io.millrace.scheduler.topics.Installation;
import io.millrace.scheduler.topics.KafkaClients;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.admin.Admin;

/** The engine in this replica: takes part in the ownership of partitions and runs their loops. */
@ApplicationScoped
public class EngineRole {
  private static final int AFTER_THE_TOPICS = 100;
  private static final int LAST = 10_000;
  private static final long LEAVE_SECONDS = 15;

  private final SchedulerConfig config;
  private final Installation installation;
  private final KafkaClients clients;
  private final MeterRegistry registry;
  private final Milestones milestones;
  private final Map<Integer, LoopMetrics> metrics = new ConcurrentHashMap<>();
  private final List<IntConsumer> takeovers = new CopyOnWriteArrayList<>();
  private Admin admin;
  private volatile Ownership ownership;

  EngineRole(
      SchedulerConfig config,
      Installation installation,
      KafkaClients clients,
      MeterRegistry registry,
      Milestones milestones) {
    this.config = config;
    this.installation = installation;
    this.clients = clients;
    this.registry = registry;
    this.milestones = milestones;
  }

  void start(@Observes @Priority(AFTER_THE_TOPICS) StartupEvent start) {
    if (!config.roles().contains(Role.SCHEDULER)) {
      return;
    }
    admin = clients.admin();
    var parts =
        new LoopParts(
            installation.topics(),
            clients,
            admin,
            config.loop(),
            config.limits().maxParallelTasks(),
            milestones,
            Clock.systemUTC());
    ownership =
        new Ownership(
            config.replica(),
            installation.topics(),
            config.lease(),
            clients,
            partition -> newLoop(partition, parts));
    ownership.start();
  }

  private PartitionLoop newLoop(int partition, LoopParts parts) {
    var loop = new PartitionLoop(partition, parts, metrics(partition));
    loop.caughtUp().thenRun(() -> takeovers.forEach(listener -> listener.accept(partition)));
    return loop;
  }

  /** One set of meters a partition, however often it is taken over. */
  private LoopMetrics metrics(int partition) {
    return metrics.computeIfAbsent(partition, p -> new LoopMetrics(registry, p));
  }

  void stop(@Observes @Priority(LAST) ShutdownEvent stop) {
    if (ownership != null) {
      ownership.leave().completeOnTimeout(null, LEAVE_SECONDS, TimeUnit.SECONDS).join();
      admin.close(Duration.ofSeconds(1));
    }
  }

  /** Completes when this replica has its share of partitions for the first time, caught up. */
  public CompletableFuture<Void> ready() {
    return ownership == null ? CompletableFuture.completedFuture(null) : ownership.ready();
  }

  /** Tells of each partition of which this replica has decided everything that was waiting. */
  public void onTakeover(IntConsumer listener) {
    takeovers.add(listener);
  }

  /** Whether this replica runs a partition's loop. */
  public boolean owns(int partition) {
    return ownership != null && ownership.owns(partition);
  }

  /** Whether this replica has its share of partitions and has decided all that was waiting. */
  public boolean isReady() {
    return ownership == null || ownership.isSettled();
  }

  /** Whether every loop turns; one that waits for an operator does. */
  public boolean isAlive() {
    Duration most = config.loop().mostBehind().plus(Duration.ofSeconds(60));
    return ownership == null
        || ownership.loops().stream().allMatch(loop -> loop.sinceLastTurn().compareTo(most) < 0);
  }

  /** What keeps partitions from being run, for people. */
  public String trouble() {
    if (ownership == null) {
      return "";
    }
    var text = new StringBuilder();
    ownership.refusals().forEach((partition, reason) -> text.append(reason).append('\n'));
    ownership
        .loops()
        .forEach(
            loop -> loop.broken().ifPresent(bug -> text.append(bug.getMessage()).append('\n')));
    return text.toString();
  }
}
