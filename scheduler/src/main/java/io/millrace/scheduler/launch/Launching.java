package io.millrace.scheduler.launch;

import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.ExecutorKind;
import io.millrace.scheduler.SchedulerConfig.Role;
import io.millrace.scheduler.launch.process.ProcessExecutor;
import io.millrace.scheduler.launch.process.ProcessLogs;
import io.millrace.scheduler.topics.CommandWriter;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.interceptor.Interceptor;
import java.time.Clock;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** Opens the executor, then the pipeline of orders; closes them the other way round. */
@ApplicationScoped
class Launching {
  private static final Logger LOG = Logger.getLogger(Launching.class);
  private static final int AFTER_THE_CHANNELS = Interceptor.Priority.LIBRARY_AFTER;
  private static final int FIRST = 10;

  private final SchedulerConfig config;
  private final Multi<Message<byte[]>> orders;
  private final Launcher launcher;
  private final CommandWriter writer;
  private Cancellable pipeline = () -> {};
  private ProcessExecutor processes;

  Launching(
      SchedulerConfig config,
      @Channel("orders") Multi<Message<byte[]>> orders,
      Launcher launcher,
      CommandWriter writer) {
    this.config = config;
    this.orders = orders;
    this.launcher = launcher;
    this.writer = writer;
  }

  void open(@Observes @Priority(AFTER_THE_CHANNELS) StartupEvent start) {
    if (!config.roles().contains(Role.SCHEDULER) || config.executor() == ExecutorKind.EXTERNAL) {
      return;
    }
    if (config.executor() == ExecutorKind.KUBERNETES) {
      throw new IllegalStateException(
          "millrace.executor=kubernetes is not there yet; run the steps as processes with millrace.executor=process");
    }
    processes =
        new ProcessExecutor(
            config.data(), config.replica(), config.launch().grace(), writer, Clock.systemUTC());
    processes.start();
    pipeline =
        launcher
            .carryOut(orders, processes)
            .subscribe()
            .with(
                done -> {},
                failure -> LOG.error("no more orders are carried out", failure),
                () -> LOG.debug("orders end"));
  }

  /** The lines of steps, as the executor keeps them. */
  @Produces
  @ApplicationScoped
  StepLogs logs(SchedulerConfig settings) {
    return new ProcessLogs(settings.data());
  }

  void close(@Observes @Priority(FIRST) ShutdownEvent stop) {
    pipeline.cancel();
    if (processes != null) {
      processes.stop(config.launch().stopsSteps());
    }
  }
}
