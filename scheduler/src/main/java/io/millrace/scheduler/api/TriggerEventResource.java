package io.millrace.scheduler.api;

import io.millrace.events.api.EventPublication;
import io.millrace.scheduler.triggers.TriggerEventPublisher;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.ResponseStatus;

/** Events that flows wait for, from who has no Kafka client. */
@Path("/api/v1/trigger-events")
@Produces(MediaType.APPLICATION_JSON)
public class TriggerEventResource {
  private final TriggerEventPublisher publisher;

  TriggerEventResource(TriggerEventPublisher publisher) {
    this.publisher = publisher;
  }

  @POST
  @Consumes(MediaType.WILDCARD)
  @ResponseStatus(202)
  @Operation(summary = "Publishes an event; the same Idempotency-Key publishes the same event")
  public Uni<EventPublication.Accepted> publish(
      @HeaderParam("Idempotency-Key") String key, byte[] body) {
    EventPublication event = Bodies.read(body, EventPublication.class, "an event", null);
    String id = key == null || key.isBlank() ? UUID.randomUUID().toString() : key;
    return publisher.publish(id, event).replaceWith(new EventPublication.Accepted(id));
  }
}
