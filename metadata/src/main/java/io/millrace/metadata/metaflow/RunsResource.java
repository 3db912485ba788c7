package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Metaflow's runs. */
@Path("/metadata/flows/{flow}/runs/{run}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "Metaflow's metadata service")
public class RunsResource {
  private final Instance<Runs> runs;
  private final Instance<Tasks> tasks;
  private final Instance<Artifacts> artifacts;
  private final Instance<Facts> facts;
  private final Heartbeat heartbeat;

  RunsResource(
      Instance<Runs> runs,
      Instance<Tasks> tasks,
      Instance<Artifacts> artifacts,
      Instance<Facts> facts,
      Heartbeat heartbeat) {
    this.runs = runs;
    this.tasks = tasks;
    this.artifacts = artifacts;
    this.facts = facts;
    this.heartbeat = heartbeat;
  }

  @GET
  public RunObject get(@RestPath String flow, @RestPath String run) {
    return runs.get().run(flow, run);
  }

  @POST
  @Path("/heartbeat")
  public String heartbeat(@RestPath String flow, @RestPath String run) {
    runs.get().heartbeat(flow, run);
    return heartbeat.answer();
  }

  @PATCH
  @Path("/tag/mutate")
  public Map<String, Object> mutateTags(@RestPath String flow, @RestPath String run, byte[] body) {
    JsonNode change = Registration.object(body);
    return Map.of(
        "flow_id",
        flow,
        "run_number",
        run,
        "tags",
        runs.get()
            .mutateTags(
                flow,
                run,
                Registration.texts(change, "tags_to_add"),
                Registration.texts(change, "tags_to_remove")));
  }

  @GET
  @Path("/steps")
  public List<StepObject> steps(@RestPath String flow, @RestPath String run) {
    return tasks.get().steps(flow, run);
  }

  @GET
  @Path("/artifacts")
  public List<ArtifactObject> artifacts(@RestPath String flow, @RestPath String run) {
    return artifacts.get().ofRun(flow, run);
  }

  @GET
  @Path("/metadata")
  public List<MetadataObject> metadata(@RestPath String flow, @RestPath String run) {
    return facts.get().ofRun(flow, run);
  }
}
