package io.millrace.scheduler.intake;

import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.Role;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/** The pipeline of run requests: opens when the flows are known, many at a time. */
@ApplicationScoped
class RunRequests {
  private static final Logger LOG = Logger.getLogger(RunRequests.class);
  private static final int AFTER_THE_CHANNELS = Interceptor.Priority.LIBRARY_AFTER;
  private static final int FIRST = 10;
  private static final int AT_A_TIME = 256;

  private final SchedulerConfig config;
  private final Multi<Message<byte[]>> requests;
  private final RunRequestIntake intake;
  private final FlowCatalog catalog;
  private Cancellable pipeline = () -> {};

  RunRequests(
      SchedulerConfig config,
      @Channel("run-requests") Multi<Message<byte[]>> requests,
      RunRequestIntake intake,
      FlowCatalog catalog) {
    this.config = config;
    this.requests = requests;
    this.intake = intake;
    this.catalog = catalog;
  }

  void open(@Observes @Priority(AFTER_THE_CHANNELS) StartupEvent start) {
    if (config.roles().contains(Role.SCHEDULER)) {
      catalog.caughtUp().thenRun(this::subscribe);
    }
  }

  private void subscribe() {
    pipeline =
        requests
            .onItem()
            .transformToUni(intake::take)
            .merge(AT_A_TIME)
            .subscribe()
            .with(
                taken -> {},
                failure -> LOG.error("no more run requests are taken", failure),
                () -> LOG.debug("run requests end"));
  }

  void close(@Observes @Priority(FIRST) ShutdownEvent stop) {
    pipeline.cancel();
  }
}
