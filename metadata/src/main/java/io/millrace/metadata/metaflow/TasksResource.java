package io.millrace.metadata.metaflow;

import io.millrace.metadata.refusal.Refusal;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.BeanParam;
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
  public TaskObject get(@BeanParam TaskPath path) {
    return tasks.get().task(path);
  }

  @POST
  @Path("/heartbeat")
  public String heartbeat(@BeanParam TaskPath path) {
    tasks.get().heartbeat(path);
    return heartbeat.answer();
  }

  @POST
  @Path("/artifact")
  public Map<String, Integer> createArtifacts(@BeanParam TaskPath path, byte[] body) {
    return Map.of("artifacts_created", artifacts.get().create(path, Registration.objects(body)));
  }

  @GET
  @Path("/artifacts")
  public List<ArtifactObject> artifacts(@BeanParam TaskPath path) {
    return artifacts.get().ofTask(path);
  }

  @GET
  @Path("/attempt/{attempt}/artifacts")
  public List<ArtifactObject> artifactsOfAttempt(
      @BeanParam TaskPath path, @RestPath String attempt) {
    return artifacts.get().ofAttempt(path, number(attempt));
  }

  @GET
  @Path("/artifacts/{name}")
  public ArtifactObject artifact(@BeanParam TaskPath path, @RestPath String name) {
    return artifacts.get().find(path, name, OptionalInt.empty());
  }

  @GET
  @Path("/artifacts/{name}/attempt/{attempt}")
  public ArtifactObject artifactOfAttempt(
      @BeanParam TaskPath path, @RestPath String name, @RestPath String attempt) {
    return artifacts.get().find(path, name, OptionalInt.of(number(attempt)));
  }

  @POST
  @Path("/metadata")
  public Map<String, Integer> createMetadata(@BeanParam TaskPath path, byte[] body) {
    return Map.of("metadata_created", facts.get().create(path, Registration.objects(body)));
  }

  @GET
  @Path("/metadata")
  public List<MetadataObject> metadata(@BeanParam TaskPath path) {
    return facts.get().ofTask(path);
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
