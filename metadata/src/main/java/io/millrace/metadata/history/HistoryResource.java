package io.millrace.metadata.history;

import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import io.millrace.events.api.HistoryView;
import io.millrace.events.api.RunView;
import io.millrace.metadata.refusal.Refusal;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestPath;

/** Runs as the public events tell of them, however long ago they ended. */
@Path("/api/v1/history/runs")
@Produces(MediaType.APPLICATION_JSON)
public class HistoryResource {
  private static final int MOST = 1000;

  private final Instance<RunHistory> history;

  HistoryResource(Instance<RunHistory> history) {
    this.history = history;
  }

  @GET
  @Operation(summary = "Runs, the newest first; text is looked for in ids, messages and parameters")
  public HistoryView.Page list(
      @QueryParam("flow") Optional<String> flow,
      @QueryParam("state") Optional<String> state,
      @QueryParam("since") Optional<String> since,
      @QueryParam("until") Optional<String> until,
      @QueryParam("text") Optional<String> text,
      @QueryParam("before") Optional<String> before,
      @DefaultValue("100") @QueryParam("limit") int limit) {
    RunHistory runs = history.get();
    int most = Math.clamp(limit, 1, MOST);
    var wanted =
        new RunHistory.Wanted(
            flow,
            state.map(HistoryResource::state),
            since.map(HistoryResource::time),
            until.map(HistoryResource::time),
            text);
    List<HistoryView> found = runs.list(wanted, before.map(run -> find(runs, run)), most + 1);
    return found.size() <= most
        ? new HistoryView.Page(found, null)
        : new HistoryView.Page(found.subList(0, most), found.get(most - 1).run().value());
  }

  @GET
  @Path("/{run}")
  @Operation(summary = "A run")
  public HistoryView get(@RestPath String run) {
    return find(history.get(), run);
  }

  @GET
  @Path("/{run}/tasks")
  @Operation(summary = "A run's tasks and what became of their last attempts")
  public HistoryView.Tasks tasks(
      @RestPath String run,
      @QueryParam("state") Optional<String> state,
      @QueryParam("after") Optional<String> after,
      @DefaultValue("100") @QueryParam("limit") int limit) {
    RunHistory runs = history.get();
    int most = Math.clamp(limit, 1, MOST);
    List<HistoryView.Task> found =
        runs.tasks(
            find(runs, run).run(), state, after.map(task -> parse(task, TaskId::parse)), most + 1);
    return found.size() <= most
        ? new HistoryView.Tasks(found, null)
        : new HistoryView.Tasks(found.subList(0, most), found.get(most - 1).task().toString());
  }

  private static HistoryView find(RunHistory runs, String run) {
    return runs.find(parse(run, RunId::of))
        .orElseThrow(
            () ->
                new Refusal(
                    404,
                    "no run '%s' is in the history; it may not have begun yet, or its events were gone before the history was first written"
                        .formatted(run)));
  }

  private static RunView.State state(String text) {
    for (RunView.State state : RunView.State.values()) {
      if (state.toString().equals(text)) {
        return state;
      }
    }
    throw Refusal.malformed(
        "'%s' is no state of a run; expected one of %s"
            .formatted(text, List.of(RunView.State.values())));
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException no) {
      throw Refusal.malformed(
          "'%s' is no time; expected one such as 2026-01-31T12:00:00Z".formatted(text));
    }
  }

  private static <T> T parse(String text, Function<String, T> form) {
    try {
      return form.apply(text);
    } catch (IllegalArgumentException malformed) {
      throw Refusal.malformed(malformed.getMessage());
    }
  }
}
