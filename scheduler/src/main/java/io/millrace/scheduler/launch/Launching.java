package io.millrace.scheduler.launch;

import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.ExecutorKind;
import io.millrace.scheduler.SchedulerConfig.Role;
import io.millrace.scheduler.launch.kubernetes.KubernetesParts;
import io.millrace.scheduler.launch.process.ProcessExecutor;
import io.millrace.scheduler.launch.process.ProcessLogs;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.watcher.ClusterWatch;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.interceptor.Interceptor;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Opens the executor and what observes its attempts, then the pipeline of orders, as far as they
 * are this replica's roles; closes them the other way round.
 */
@ApplicationScoped
public class Launching {
  private static final Logger LOG = Logger.getLogger(Launching.class);
  private static final int AFTER_THE_CHANNELS = Interceptor.Priority.LIBRARY_AFTER;
  private static final int FIRST = 10;

  private final SchedulerConfig config;
  private final Multi<Message<byte[]>> orders;
  private final Launcher launcher;
  private final CommandWriter writer;
  private final Instance<KubernetesParts> kubernetes;
  private Cancellable pipeline = () -> {};
  private ProcessExecutor processes;
  private ClusterWatch watch;

  Launching(
      SchedulerConfig config,
      @Channel("orders") Multi<Message<byte[]>> orders,
      Launcher launcher,
      CommandWriter writer,
      Instance<KubernetesParts> kubernetes) {
    this.config = config;
    this.orders = orders;
    this.launcher = launcher;
    this.writer = writer;
    this.kubernetes = kubernetes;
  }

  void open(@Observes @Priority(AFTER_THE_CHANNELS) StartupEvent start) {
    if (config.executor() == ExecutorKind.KUBERNETES && config.roles().contains(Role.WATCHER)) {
      watch = kubernetes.get().watch();
      watch.start();
    }
    if (config.roles().contains(Role.SCHEDULER)) {
      switch (config.executor()) {
        case PROCESS -> carryOut(processes());
        case KUBERNETES -> carryOut(kubernetes.get().executor());
        case EXTERNAL -> LOG.info("orders are left to another program");
      }
    }
  }

  /** Also observes what it starts. */
  private Executor processes() {
    processes =
        new ProcessExecutor(
            config.data(), config.replica(), config.launch().grace(), writer, Clock.systemUTC());
    processes.start();
    return processes;
  }

  private void carryOut(Executor executor) {
    pipeline =
        launcher
            .carryOut(orders, executor)
            .subscribe()
            .with(
                done -> {},
                failure -> LOG.error("no more orders are carried out", failure),
                () -> LOG.debug("orders end"));
  }

  /** Completes when everything that a watcher here has to know is known. */
  public CompletableFuture<Void> ready() {
    return watch == null ? CompletableFuture.completedFuture(null) : watch.synced();
  }

  /** The lines of steps, as the executor keeps them. */
  @Produces
  @ApplicationScoped
  StepLogs logs(SchedulerConfig settings, Instance<KubernetesParts> cluster) {
    return switch (settings.executor()) {
      case PROCESS, EXTERNAL -> new ProcessLogs(settings.data());
      case KUBERNETES -> cluster.get().logs();
    };
  }

  void close(@Observes @Priority(FIRST) ShutdownEvent stop) {
    pipeline.cancel();
    if (watch != null) {
      watch.close();
    }
    if (processes != null) {
      processes.stop(config.launch().stopsSteps());
    }
  }
}
