package io.millrace.scheduler.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Rerun;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Command;
import io.millrace.events.Frontier;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.api.RunView.Accepted;
import io.millrace.events.api.RunView.State;
import io.millrace.scheduler.archive.RunArchive;
import io.millrace.scheduler.intake.Admission;
import io.millrace.scheduler.intake.FlowCatalog;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.view.RunEntities;
import io.millrace.scheduler.view.RunView;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.ResponseStatus;

/** What can be done with a run. Each answer means: it is durable, and will be decided. */
@Path("/api/v1/runs/{run}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.WILDCARD)
public class RunControlResource {
  private final RunView view;
  private final RunArchive archive;
  private final Admission admission;
  private final FlowCatalog catalog;
  private final CommandWriter writer;

  RunControlResource(
      RunView view,
      RunArchive archive,
      Admission admission,
      FlowCatalog catalog,
      CommandWriter writer) {
    this.view = view;
    this.archive = archive;
    this.admission = admission;
    this.catalog = catalog;
    this.writer = writer;
  }

  /** The body of a cancellation. */
  record Reason(String reason) {}

  /**
   * The body of a retry.
   *
   * @param run the id of the new run; null to have one made
   * @param from the step that is done once more, with all that follows it; null to go on from where
   *     the run stopped
   * @param parameters in place of the values that the run had; may be left out
   * @param succeeded true to take over a run that succeeded, too, where no step is named: the new
   *     run has then nothing left to do
   */
  record Retry(RunId run, StepName from, Map<String, JsonNode> parameters, Boolean succeeded) {}

  @POST
  @Path("/cancel")
  @ResponseStatus(202)
  @Operation(summary = "Ends a run as cancelled and stops what runs of it")
  public Uni<Accepted> cancel(@PathParam("run") String run, byte[] body) {
    String reason = Bodies.read(body, Reason.class, "{\"reason\": …}", new Reason(null)).reason();
    return open(run, new Command.RunCancel(Bodies.run(run), reason));
  }

  @POST
  @Path("/suspend")
  @ResponseStatus(202)
  @Operation(summary = "Launches nothing more of a run until it is resumed")
  public Uni<Accepted> suspend(@PathParam("run") String run) {
    return open(run, new Command.RunSuspend(Bodies.run(run)));
  }

  @POST
  @Path("/resume")
  @ResponseStatus(202)
  @Operation(summary = "Takes a suspension back")
  public Uni<Accepted> resume(@PathParam("run") String run) {
    return open(run, new Command.RunResume(Bodies.run(run)));
  }

  private Uni<Accepted> open(String run, Command command) {
    RunEntities found = RunLookup.find(view, run);
    State state = found.summary().state();
    if (state.isOver() || state == State.ENDING) {
      throw ApiException.conflict("run '%s' is over: it is %s".formatted(run, state));
    }
    return writer.append(run, command).replaceWith(new Accepted(found.id()));
  }

  @POST
  @Path("/retry")
  @ResponseStatus(202)
  @Blocking
  @Operation(summary = "Starts a new run that goes on from where this one stopped")
  public Uni<Accepted> retry(@PathParam("run") String run, byte[] body) {
    Retry asked =
        Bodies.read(
            body,
            Retry.class,
            "{\"run\": …, \"from\": …, \"parameters\": {…}}",
            new Retry(null, null, null, null));
    RunId next =
        asked.run() != null
            ? asked.run()
            : RunId.derived("retry of " + run, UUID.randomUUID().toString());
    RunEntities former = archive.whole(RunLookup.find(view, run));
    State state = former.summary().state();
    boolean nothingLeft = state == State.SUCCEEDED && asked.from() == null;
    if (!state.isOver() || nothingLeft && !Boolean.TRUE.equals(asked.succeeded())) {
      throw ApiException.conflict(
          "run '%s' is %s; only a run that failed, timed out or was cancelled can be retried, and one that succeeded from a step that is named"
              .formatted(run, state));
    }
    if (former.isArchived()) {
      throw ApiException.conflict(
          "what run '%s' had done is no longer in the object store; start a new run instead"
              .formatted(run));
    }
    if (catalog.definition(former.run().flow()) == null) {
      throw ApiException.conflict(
          "the definition %s of run '%s' is not known any more"
              .formatted(former.run().flow(), run));
    }
    var start =
        new Command.RunStart(
            former.id(),
            former.run().flow(),
            parameters(former, asked.parameters()),
            former.run().priority(),
            former.run().tags(),
            former.run().origins(),
            null,
            former.run().triggeredBy());
    return admission
        .resume(start, next, frontier(former, asked.from()))
        .chain(() -> view.awaitShown(next, RunResource.SHOWN))
        .replaceWith(new Accepted(next));
  }

  /** The former values, with those put over them that were given. */
  private Map<String, JsonNode> parameters(RunEntities former, Map<String, JsonNode> given) {
    if (given == null || given.isEmpty()) {
      return former.run().parameters();
    }
    var values = new TreeMap<>(former.run().parameters());
    values.putAll(given);
    var problems = new ArrayList<String>();
    Map<String, JsonNode> judged =
        Admission.parameters(catalog.document(former.run().flow()), values, problems);
    if (!problems.isEmpty()) {
      throw ApiException.unfit(
          "run '%s' cannot be retried so: %s".formatted(former.id(), String.join("; ", problems)));
    }
    return judged;
  }

  private Frontier frontier(RunEntities former, StepName from) {
    if (from == null) {
      return former.frontier();
    }
    try {
      FlowGraph graph = FlowGraph.of(catalog.document(former.run().flow()));
      return Rerun.before(from, former.id(), former.entities(), graph);
    } catch (IllegalArgumentException unfit) {
      throw ApiException.unfit(unfit.getMessage());
    }
  }
}
