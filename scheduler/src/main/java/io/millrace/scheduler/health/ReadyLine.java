package io.millrace.scheduler.health;

import io.millrace.scheduler.intake.FlowCatalog;
import io.millrace.scheduler.launch.Launching;
import io.millrace.scheduler.loop.EngineRole;
import io.millrace.scheduler.view.RunView;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * Prints {@code READY http=…} on standard output when this replica is ready for the first time: who
 * started it waits for the line instead of asking again and again.
 */
@ApplicationScoped
public class ReadyLine {
  private static final Logger LOG = Logger.getLogger(ReadyLine.class);
  private static final int AFTER_ALL = 10_000;

  private final CompletableFuture<Void> started = new CompletableFuture<>();

  /** All ports are open: before that, nobody who read the line could be answered. */
  public void started() {
    started.complete(null);
  }

  void await(
      @Observes @Priority(AFTER_ALL) StartupEvent start,
      EngineRole engine,
      RunView view,
      FlowCatalog catalog,
      Launching launching) {
    CompletableFuture.allOf(
            engine.ready(), view.caughtUp(), catalog.caughtUp(), launching.ready(), started)
        .whenComplete(
            (ready, failure) -> {
              if (failure == null) {
                System.out.println("READY http=" + address());
              } else {
                LOG.error("this replica will never be ready", failure);
              }
            });
  }

  private static String address() {
    var config = ConfigProvider.getConfig();
    String host = config.getValue("quarkus.http.host", String.class);
    int port = config.getValue("quarkus.http.port", Integer.class);
    return "http://" + (host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":" + port;
  }
}
