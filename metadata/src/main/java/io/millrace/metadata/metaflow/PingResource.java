package io.millrace.metadata.metaflow;

import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Says that the service is there, and which version of the protocol it speaks. */
@Path("/metadata/ping")
public class PingResource {
  /** Of Metaflow's own service, the first that has all that is here. */
  static final String VERSION = "2.5.0";

  private final Instance<Runs> runs;

  PingResource(Instance<Runs> runs) {
    this.runs = runs;
  }

  @GET
  @Operation(hidden = true)
  public Response ping() {
    runs.get();
    return Response.ok("pong", MediaType.TEXT_PLAIN_TYPE)
        .header("METADATA_SERVICE_VERSION", VERSION)
        .build();
  }
}
