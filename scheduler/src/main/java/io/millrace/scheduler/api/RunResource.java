package io.millrace.scheduler.api;

import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.events.api.RunView.State;
import io.millrace.events.api.TaskView;
import io.millrace.scheduler.archive.RunArchive;
import io.millrace.scheduler.intake.Admission;
import io.millrace.scheduler.intake.Admission.Verdict;
import io.millrace.scheduler.intake.FlowCatalog;
import io.millrace.scheduler.intake.RunRequestPublisher;
import io.millrace.scheduler.view.RunEntities;
import io.millrace.scheduler.view.RunView;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Runs: asking for them, and looking at them. */
@Path("/api/v1/runs")
@Produces(MediaType.APPLICATION_JSON)
public class RunResource {
  private static final int MOST = 1000;

  /** Who has asked for a run looks at it next; it is there within milliseconds as a rule. */
  static final Duration SHOWN = Duration.ofSeconds(3);

  private final Admission admission;
  private final RunRequestPublisher publisher;
  private final RunView view;
  private final RunArchive archive;
  private final FlowCatalog catalog;

  RunResource(
      Admission admission,
      RunRequestPublisher publisher,
      RunView view,
      RunArchive archive,
      FlowCatalog catalog) {
    this.admission = admission;
    this.publisher = publisher;
    this.view = view;
    this.archive = archive;
    this.catalog = catalog;
  }

  @POST
  @Consumes(MediaType.WILDCARD)
  @ResponseStatus(202)
  @Operation(summary = "Asks for a run; the same Idempotency-Key asks for the same run")
  public Uni<io.millrace.events.api.RunView.Accepted> start(
      @HeaderParam("Idempotency-Key") String key, byte[] body) {
    RunRequest request = Bodies.read(body, RunRequest.class, "a run request", null);
    String id = key == null || key.isBlank() ? UUID.randomUUID().toString() : key;
    RunId run = publisher.runOf(id, request);
    return admission
        .judge(run, request)
        .chain(
            verdict ->
                switch (verdict) {
                  case Verdict.Admitted admitted -> publisher.publish(id, request);
                  case Verdict.UnknownFlow(String reason) -> throw ApiException.notFound(reason);
                  case Verdict.Unfit(String reason) -> throw ApiException.unfit(reason);
                })
        .chain(() -> view.awaitShown(run, SHOWN))
        .replaceWith(new io.millrace.events.api.RunView.Accepted(run));
  }

  @GET
  @Operation(summary = "Runs, the newest first")
  public io.millrace.events.api.RunView.Page list(
      @QueryParam("flow") String flow,
      @QueryParam("state") String state,
      @QueryParam("tag") String tag,
      @QueryParam("before") String before,
      @DefaultValue("100") @QueryParam("limit") int limit) {
    Optional<State> wanted = Optional.ofNullable(state).map(RunResource::state);
    int most = Math.clamp(limit, 1, MOST);
    List<RunEntities> found =
        view.list(
            run ->
                (flow == null || run.run().flow().name().equals(flow))
                    && (tag == null || run.run().tags().contains(tag))
                    && (wanted.isEmpty() || run.summary().state() == wanted.get()));
    List<RunEntities> rest = after(found, before);
    List<RunEntities> page = rest.subList(0, Math.min(most, rest.size()));
    return new io.millrace.events.api.RunView.Page(
        page.stream().map(RunEntities::summary).toList(),
        page.size() < rest.size() ? page.getLast().id().value() : null);
  }

  private static State state(String text) {
    for (State state : State.values()) {
      if (state.toString().equals(text)) {
        return state;
      }
    }
    throw ApiException.malformed(
        "'%s' is no state of a run; expected one of %s".formatted(text, List.of(State.values())));
  }

  /** What follows the run that the last page ended with. */
  private List<RunEntities> after(List<RunEntities> sorted, String before) {
    if (before == null) {
      return sorted;
    }
    RunEntities last =
        view.find(Bodies.run(before))
            .orElseThrow(
                () ->
                    ApiException.notFound(
                        "run '%s', given as before, is no longer known; begin with the first page"
                            .formatted(before)));
    return sorted.stream().dropWhile(run -> RunView.NEWEST_FIRST.compare(run, last) <= 0).toList();
  }

  @GET
  @Path("/{run}")
  @Blocking
  @Operation(summary = "A run with its steps")
  public io.millrace.events.api.RunView get(@PathParam("run") String run) {
    RunEntities found = archive.whole(find(run));
    return found.detail(catalog.document(found.run().flow()));
  }

  @GET
  @Path("/{run}/tasks")
  @Blocking
  @Operation(
      summary = "A run's tasks: those in flight, and those outside any foreach that are over")
  public TaskView.Page tasks(
      @PathParam("run") String run,
      @QueryParam("step") String step,
      @QueryParam("state") String state) {
    return new TaskView.Page(
        archive.whole(find(run)).tasks().stream()
            .filter(task -> step == null || task.step().value().equals(step))
            .filter(task -> state == null || task.state().equals(state))
            .toList());
  }

  private RunEntities find(String run) {
    return RunLookup.find(view, run);
  }
}
