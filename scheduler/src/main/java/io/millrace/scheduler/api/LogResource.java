package io.millrace.scheduler.api;

import io.millrace.events.AttemptId;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.TaskView.Logged;
import io.millrace.scheduler.launch.LogPosition;
import io.millrace.scheduler.launch.StepLogs;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What steps write. */
@Path("/api/v1/runs/{run}")
public class LogResource {
  private final StepLogs logs;
  private final Streams streams;

  LogResource(StepLogs logs, Streams streams) {
    this.logs = logs;
    this.streams = streams;
  }

  @GET
  @Path("/logs")
  @Produces(MediaType.APPLICATION_JSON)
  @Blocking
  @Operation(summary = "The attempts of a run of which there are lines")
  public Logged.Page attempts(@PathParam("run") String run, @QueryParam("step") String step) {
    return new Logged.Page(
        logs.attempts(Bodies.run(run)).stream()
            .filter(of -> step == null || of.task().step().value().equals(step))
            .map(of -> new Logged(of.task(), of.attempt()))
            .toList());
  }

  @GET
  @Path("/tasks/{task}/attempts/{attempt}/logs")
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @Operation(summary = "An attempt's lines, from the start or after Last-Event-ID")
  public Multi<OutboundSseEvent> lines(
      @PathParam("run") String run,
      @PathParam("task") String task,
      @PathParam("attempt") int attempt,
      @HeaderParam("Last-Event-ID") String last,
      @DefaultValue("false") @QueryParam("follow") boolean follow,
      @Context Sse sse) {
    var of = new AttemptId(Bodies.run(run), Bodies.task(task), Math.max(0, attempt));
    LogPosition from = last == null ? LogPosition.START : Bodies.parse(last, LogPosition::parse);
    var position = new AtomicReference<>(from);
    return streams.serve(
        sse,
        () ->
            logs.lines(of, from, follow)
                .map(
                    line ->
                        new Streams.Sent(
                            position.updateAndGet(before -> before.after(line)).toString(),
                            "line",
                            new LogLine(line.stream(), line.member(), line.text()))));
  }
}
