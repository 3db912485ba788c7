package io.millrace.metadata.metaflow;

import io.millrace.metadata.refusal.Refusal;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;

/** Metaflow's tasks, with their artifacts and their metadata. */
@Path("/metadata/flows/{flow}/runs/{run}/steps/{step}/tasks/{task}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
@Tag(name = "Metaflow's metadata service")
public class TasksResource {
  private final Instance<Tasks> tasks;
  private final Instance<Artifacts> artifacts;
  private final Instance<Facts> facts;
  private final Heartbeat heartbeat;

  TasksResource(
      Instance<Tasks> tasks,
      Instance<Artifacts> artifacts,
      Instance<Facts> facts,
      Heartbeat heartbeat) {
    this.tasks = tasks;
    this.artifacts = artifacts;
    this.facts = facts;
    this.heartbeat = heartbeat;
  }

  @GET
  public TaskObject get(
      @RestPath String flow, @RestPath String run, @RestPath String step, @RestPath String task) {
    return tasks.get().task(new TaskPath(flow, run, step, task));
  }

  @POST
  @Path("/heartbeat")
  public String heartbeat(
      @RestPath String flow, @RestPath String run, @RestPath String step, @RestPath String task) {
    tasks.get().heartbeat(new TaskPath(flow, run, step, task));
    return heartbeat.answer();
  }

  @POST
  @Path("/artifact")
  public Map<String, Integer> createArtifacts(
      @RestPath String flow,
      @RestPath String run,
      @RestPath String step,
      @RestPath String task,
      byte[] body) {
    var path = new TaskPath(flow, run, step, task);
    return Map.of("artifacts_created", artifacts.get().create(path, Registration.objects(body)));
  }

  @GET
  @Path("/artifacts")
  public List<ArtifactObject> artifacts(
      @RestPath String flow, @RestPath String run, @RestPath String step, @RestPath String task) {
    return artifacts.get().ofTask(new TaskPath(flow, run, step, task));
  }

  @GET
  @Path("/attempt/{attempt}/artifacts")
  public List<ArtifactObject> artifactsOfAttempt(
      @RestPath String flow,
      @RestPath String run,
      @RestPath String step,
      @RestPath String task,
      @RestPath String attempt) {
    return artifacts.get().ofAttempt(new TaskPath(flow, run, step, task), number(attempt));
  }

  @GET
  @Path("/artifacts/{name}")
  public ArtifactObject artifact(
      @RestPath String flow,
      @RestPath String run,
      @RestPath String step,
      @RestPath String task,
      @RestPath String name) {
    return artifacts.get().find(new TaskPath(flow, run, step, task), name, OptionalInt.empty());
  }

  @GET
  @Path("/artifacts/{name}/attempt/{attempt}")
  public ArtifactObject artifactOfAttempt(
      @RestPath String flow,
      @RestPath String run,
      @RestPath String step,
      @RestPath String task,
      @RestPath String name,
      @RestPath String attempt) {
    return artifacts
        .get()
        .find(new TaskPath(flow, run, step, task), name, OptionalInt.of(number(attempt)));
  }

  @POST
  @Path("/metadata")
  public Map<String, Integer> createMetadata(
      @RestPath String flow,
      @RestPath String run,
      @RestPath String step,
      @RestPath String task,
      byte[] body) {
    var path = new TaskPath(flow, run, step, task);
    return Map.of("metadata_created", facts.get().create(path, Registration.objects(body)));
  }

  @GET
  @Path("/metadata")
  public List<MetadataObject> metadata(
      @RestPath String flow, @RestPath String run, @RestPath String step, @RestPath String task) {
    return facts.get().ofTask(new TaskPath(flow, run, step, task));
  }

  private static int number(String attempt) {
    try {
      return Integer.parseUnsignedInt(attempt);
    } catch (NumberFormatException no) {
      throw Refusal.malformed(
          "attempt '%s' is no number; attempts are counted from 0 on".formatted(attempt));
    }
  }
}
