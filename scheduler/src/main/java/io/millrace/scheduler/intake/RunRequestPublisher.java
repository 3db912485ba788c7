package io.millrace.scheduler.intake;

import io.millrace.events.CloudEvents;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.topics.Installation;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Publishes the API's run requests to the public topic: there is one way in. */
@ApplicationScoped
public class RunRequestPublisher {
  private static final String SOURCE = "/millrace/api";

  private final Installation installation;
  private final CommandWriter writer;

  RunRequestPublisher(Installation installation, CommandWriter writer) {
    this.installation = installation;
    this.writer = writer;
  }

  /** The run that a request gives. */
  public RunId runOf(String id, RunRequest request) {
    return request.run() != null ? request.run() : RunId.derived(SOURCE, id);
  }

  /** Completes when the request is durable. */
  public Uni<Void> publish(String id, RunRequest request) {
    String run = runOf(id, request).value();
    var headers = new RecordHeaders();
    CloudEvents.headers(id, SOURCE, RunRequest.TYPE, run, Instant.now()).forEach(headers::add);
    return writer
        .send(
            new ProducerRecord<>(
                installation.topics().runRequests(),
                writer.partition(run),
                run.getBytes(StandardCharsets.UTF_8),
                Json.write(request),
                headers))
        .replaceWithVoid();
  }
}
