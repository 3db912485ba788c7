package io.millrace.scheduler.api;

import io.millrace.events.RunId;
import io.millrace.scheduler.view.EventStreams;
import io.millrace.scheduler.view.EventStreams.Placed;
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

/** Events as they happen. */
@Path("/api/v1")
@Produces(MediaType.SERVER_SENT_EVENTS)
public class EventResource {
  /** A run that was asked for and is not seen yet may have begun this long ago. */
  private static final Duration UNSEEN = Duration.ofMinutes(1);

  private final EventStreams events;
  private final RunView view;
  private final Streams streams;

  EventResource(EventStreams events, RunView view, Streams streams) {
    this.events = events;
    this.view = view;
    this.streams = streams;
  }

  @GET
  @Path("/runs/{run}/events")
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

  @GET
  @Path("/events")
  @Operation(summary = "The events of all runs from now on, or after Last-Event-ID")
  public Multi<OutboundSseEvent> ofAll(
      @HeaderParam("Last-Event-ID") String last, @Context Sse sse) {
    return streams.serve(
        sse,
        () ->
            Bodies.parse(
                    "" + last,
                    text -> events.ofAll(Optional.ofNullable(last).filter(l -> !l.isBlank())))
                .map(EventResource::sent));
  }

  private static Streams.Sent sent(Placed placed) {
    return new Streams.Sent(placed.next(), placed.event().type(), placed.event());
  }
}
