package io.millrace.scheduler.health;

import io.millrace.scheduler.intake.FlowCatalog;
import io.millrace.scheduler.launch.Launching;
import io.millrace.scheduler.loop.EngineRole;
import io.millrace.scheduler.view.RunView;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/** The checks behind {@code /q/health}. */
@ApplicationScoped
class ReplicaHealth {
  private final EngineRole engine;
  private final RunView view;
  private final FlowCatalog catalog;
  private final Launching launching;

  ReplicaHealth(EngineRole engine, RunView view, FlowCatalog catalog, Launching launching) {
    this.engine = engine;
    this.view = view;
    this.catalog = catalog;
    this.launching = launching;
  }

  /** What was there before has been read once. */
  @Produces
  @Startup
  HealthCheck started() {
    return () ->
        HealthCheckResponse.named("restored")
            .status(
                view.caughtUp().isDone()
                    && catalog.caughtUp().isDone()
                    && launching.ready().isDone()
                    && engine.ready().isDone())
            .build();
  }

  /** It has its share of partitions, restored and caught up. */
  @Produces
  @Readiness
  HealthCheck ready() {
    return () -> {
      String trouble = engine.trouble();
      var check = HealthCheckResponse.named("partitions").status(engine.isReady());
      return (trouble.isEmpty() ? check : check.withData("trouble", trouble)).build();
    };
  }

  /** The loops turn and the view follows. */
  @Produces
  @Liveness
  HealthCheck alive() {
    return () ->
        HealthCheckResponse.named("loops").status(engine.isAlive() && view.isAlive()).build();
  }
}
