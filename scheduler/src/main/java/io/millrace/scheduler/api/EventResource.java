package io.millrace.scheduler.api;

import io.millrace.scheduler.view.EventStreams;
import io.millrace.scheduler.view.EventStreams.Placed;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The events of all runs as they happen. */
@Path("/api/v1/events")
@Produces(MediaType.SERVER_SENT_EVENTS)
public class EventResource {
  private final EventStreams events;
  private final Streams streams;

  EventResource(EventStreams events, Streams streams) {
    this.events = events;
    this.streams = streams;
  }

  @GET
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

  /** As the stream has it. */
  static Streams.Sent sent(Placed placed) {
    return new Streams.Sent(placed.next(), placed.event().type(), placed.event());
  }
}
