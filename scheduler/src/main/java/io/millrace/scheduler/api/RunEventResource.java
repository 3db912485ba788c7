package io.millrace.scheduler.api;

import io.millrace.events.RunId;
import io.millrace.scheduler.view.EventStreams;
import io.millrace.scheduler.view.RunView;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** A run's events as they happen. */
@Path("/api/v1/runs/{run}/events")
@Produces(MediaType.SERVER_SENT_EVENTS)
public class RunEventResource {
  /** A run that was asked for and is not seen yet may have begun this long ago. */
  private static final Duration UNSEEN = Duration.ofMinutes(1);

  private final EventStreams events;
  private final RunView view;
  private final Streams streams;

  RunEventResource(EventStreams events, RunView view, Streams streams) {
    this.events = events;
    this.view = view;
    this.streams = streams;
  }

  @GET
  @Operation(summary = "A run's events from its start, or after Last-Event-ID, up to its end")
  public Multi<OutboundSseEvent> ofRun(
      @PathParam("run") String run,
      @HeaderParam("Last-Event-ID") String last,
      @DefaultValue("true") @QueryParam("follow") boolean follow,
      @Context Sse sse) {
    RunId id = Bodies.run(run);
    Instant since =
        view.find(id).map(found -> found.run().started()).orElse(Instant.now().minus(UNSEEN));
    return streams.serve(
        sse,
        () ->
            Bodies.parse(
                    "" + last,
                    text ->
                        events.ofRun(
                            id, since, Optional.ofNullable(last).filter(l -> !l.isBlank()), follow))
                .map(EventResource::sent));
  }
}
