package io.millrace.scheduler.api;

import io.millrace.events.api.InstallationView;
import io.millrace.scheduler.SchedulerConfig;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The installation itself: a client that writes flow documents asks where their steps will run. */
@Path("/api/v1/installation")
@Produces(MediaType.APPLICATION_JSON)
public class InstallationResource {
  private final SchedulerConfig config;

  InstallationResource(SchedulerConfig config) {
    this.config = config;
  }

  @GET
  @Operation(summary = "What runs the steps of this installation")
  public InstallationView get() {
    return new InstallationView(config.executor().name().toLowerCase(Locale.ROOT));
  }
}
