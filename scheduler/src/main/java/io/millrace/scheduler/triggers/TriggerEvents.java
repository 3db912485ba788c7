package io.millrace.scheduler.triggers;

import io.millrace.events.flow.FlowDocument;
import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.Role;
import io.millrace.scheduler.intake.FlowCatalog;
import io.millrace.scheduler.intake.TriggerCommands;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * The pipelines of events: they open when the flows are known, many at a time. Before them, the
 * engine is told once more what starts runs of each flow: who deployed one may have died before.
 */
@ApplicationScoped
class TriggerEvents {
  private static final Logger LOG = Logger.getLogger(TriggerEvents.class);
  private static final int AFTER_THE_CHANNELS = Interceptor.Priority.LIBRARY_AFTER;
  private static final int FIRST = 10;
  private static final int EVENTS_AT_A_TIME = 256;
  private static final int BATCHES_AT_A_TIME = 2;

  private final SchedulerConfig config;
  private final Multi<Message<byte[]>> published;
  private final Multi<Message<List<byte[]>>> own;
  private final EventRouter router;
  private final FlowCatalog catalog;
  private final TriggerCommands triggers;
  private final List<Cancellable> pipelines = new ArrayList<>();

  TriggerEvents(
      SchedulerConfig config,
      @Channel("trigger-events") Multi<Message<byte[]>> published,
      @Channel("own-events") Multi<Message<List<byte[]>>> own,
      EventRouter router,
      FlowCatalog catalog,
      TriggerCommands triggers) {
    this.config = config;
    this.published = published;
    this.own = own;
    this.router = router;
    this.catalog = catalog;
    this.triggers = triggers;
  }

  void open(@Observes @Priority(AFTER_THE_CHANNELS) StartupEvent start) {
    if (config.roles().contains(Role.SCHEDULER)) {
      catalog.caughtUp().thenRun(this::begin);
    }
  }

  private synchronized void begin() {
    pipelines.add(
        tellAgain()
            .subscribe()
            .with(told -> {}, failure -> LOG.error("the flows' triggers are not told", failure)));
    pipelines.add(
        subscribe("published events", EVENTS_AT_A_TIME, published, router::takePublished));
    pipelines.add(subscribe("own events", BATCHES_AT_A_TIME, own, router::takeOwn));
  }

  private Uni<Void> tellAgain() {
    var told = new ArrayList<Uni<Void>>();
    for (FlowCatalog.Deployment deployment : catalog.deployments()) {
      FlowDocument document = catalog.document(deployment.ref());
      if (document != null && !document.triggers().areNone()) {
        told.add(triggers.set(deployment.ref(), deployment.version(), document.triggers()));
      }
    }
    catalog.withdrawn().forEach((name, version) -> told.add(triggers.remove(name, version)));
    return told.isEmpty()
        ? Uni.createFrom().voidItem()
        : Uni.join().all(told).andFailFast().replaceWithVoid();
  }

  private static <T> Cancellable subscribe(
      String what, int atATime, Multi<Message<T>> messages, Function<Message<T>, Uni<Void>> take) {
    return messages
        .onItem()
        .transformToUni(take::apply)
        .merge(atATime)
        .subscribe()
        .with(
            taken -> {},
            failure -> LOG.errorf(failure, "no more %s are taken", what),
            () -> LOG.debugf("%s end", what));
  }

  synchronized void close(@Observes @Priority(FIRST) ShutdownEvent stop) {
    pipelines.forEach(Cancellable::cancel);
  }
}
