package io.millrace.scheduler.triggers;

import io.millrace.events.CloudEvents;
import io.millrace.events.Json;
import io.millrace.events.api.EventPublication;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.topics.Installation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Publishes the API's events to the public topic: there is one way in. */
@ApplicationScoped
public class TriggerEventPublisher {
  private static final String SOURCE = "/millrace/api";

  private final Installation installation;
  private final CommandWriter writer;

  TriggerEventPublisher(Installation installation, CommandWriter writer) {
    this.installation = installation;
    this.writer = writer;
  }

  /** Completes when the event is durable. */
  public Uni<Void> publish(String id, EventPublication event) {
    var headers = new RecordHeaders();
    CloudEvents.headers(id, SOURCE, event.name(), event.name(), Instant.now())
        .forEach(headers::add);
    return writer
        .send(
            new ProducerRecord<>(
                installation.topics().triggerEvents(),
                null,
                event.name().getBytes(StandardCharsets.UTF_8),
                Json.write(event.payload()),
                headers))
        .replaceWithVoid();
  }
}
