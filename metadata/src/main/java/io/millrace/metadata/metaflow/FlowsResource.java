package io.millrace.metadata.metaflow;

import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Metaflow's flows. */
@Path("/metadata/flows")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "Metaflow's metadata service")
public class FlowsResource {
  private final Instance<Runs> runs;

  FlowsResource(Instance<Runs> runs) {
    this.runs = runs;
  }

  @GET
  public List<FlowObject> list() {
    return runs.get().flows();
  }

  @GET
  @Path("/{flow}")
  public FlowObject get(@RestPath String flow) {
    return runs.get().flow(flow);
  }

  @POST
  @Path("/{flow}")
  public FlowObject create(@RestPath String flow, byte[] body) {
    return runs.get().createFlow(flow, Registration.read(body, null));
  }

  @GET
  @Path("/{flow}/runs")
  public List<RunObject> runs(@RestPath String flow) {
    return runs.get().runs(flow);
  }

  @POST
  @Path("/{flow}/run")
  public RunObject createRun(@RestPath String flow, byte[] body) {
    return runs.get().createRun(flow, Registration.read(body, "run_number"));
  }
}
