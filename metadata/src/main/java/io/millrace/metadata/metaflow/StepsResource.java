package io.millrace.metadata.metaflow;

import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Metaflow's steps. */
@Path("/metadata/flows/{flow}/runs/{run}/steps/{step}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "Metaflow's metadata service")
public class StepsResource {
  private final Instance<Tasks> tasks;
  private final Instance<Artifacts> artifacts;
  private final Instance<Facts> facts;

  StepsResource(Instance<Tasks> tasks, Instance<Artifacts> artifacts, Instance<Facts> facts) {
    this.tasks = tasks;
    this.artifacts = artifacts;
    this.facts = facts;
  }

  @GET
  public StepObject get(@RestPath String flow, @RestPath String run, @RestPath String step) {
    return tasks.get().step(flow, run, step);
  }

  @POST
  @Path("/step")
  public StepObject create(
      @RestPath String flow, @RestPath String run, @RestPath String step, byte[] body) {
    return tasks.get().createStep(flow, run, step, Registration.read(body, null));
  }

  @GET
  @Path("/tasks")
  public List<TaskObject> tasks(
      @RestPath String flow, @RestPath String run, @RestPath String step) {
    return tasks.get().tasks(flow, run, step);
  }

  @POST
  @Path("/task")
  public TaskObject createTask(
      @RestPath String flow, @RestPath String run, @RestPath String step, byte[] body) {
    return tasks.get().createTask(flow, run, step, Registration.read(body, "task_id"));
  }

  @GET
  @Path("/filtered_tasks")
  public Set<String> filteredTasks(
      @RestPath String flow,
      @RestPath String run,
      @RestPath String step,
      @QueryParam("metadata_field_name") Optional<String> field,
      @QueryParam("pattern") Optional<String> pattern) {
    return facts.get().tasksWith(flow, run, step, field, pattern);
  }

  @GET
  @Path("/artifacts")
  public List<ArtifactObject> artifacts(
      @RestPath String flow, @RestPath String run, @RestPath String step) {
    return artifacts.get().ofStep(flow, run, step);
  }
}
