package io.millrace.scheduler.intake;

import io.millrace.core.Entity;
import io.millrace.events.CloudEvents;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.scheduler.intake.Admission.Verdict;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.topics.Incoming;
import io.millrace.scheduler.topics.RefusalLog;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Turns run requests into commands. A request is acknowledged when its command is durable, or when
 * it stands in the dead letters; one that comes again gives the same run again.
 */
@ApplicationScoped
public class RunRequestIntake {
  private static final Logger LOG = Logger.getLogger(RunRequestIntake.class);

  /** Less than a run's id is remembered after its end: an older request might start it again. */
  public static final Duration OLDEST = Entity.Status.KEPT_ENDED.minusDays(1);

  private final RefusalLog refusals = new RefusalLog(LOG);
  private final Admission admission;
  private final CommandWriter writer;

  RunRequestIntake(Admission admission, CommandWriter writer) {
    this.admission = admission;
    this.writer = writer;
  }

  /** Takes one request; completes when it may be forgotten. */
  Uni<Void> take(Message<byte[]> message) {
    return Incoming.of(message).take(this::take, LOG);
  }

  private Uni<Void> take(Incoming incoming) {
    return switch (read(incoming)) {
      case Decoded.Understood<Asked>(Asked asked) -> start(asked, incoming.record());
      case Decoded.NotUnderstood<Asked>(String reason) -> refuse(incoming.record(), reason);
    };
  }

  private record Asked(RunId run, RunRequest request) {}

  private static Decoded<Asked> read(Incoming incoming) {
    Instant published = incoming.published();
    if (published.isBefore(Instant.now().minus(OLDEST))) {
      return new Decoded.NotUnderstood<>(
          "published at %s, longer ago than requests are taken (%d days): whether its run was started before is no longer known. Publish it again under a new id"
              .formatted(published, OLDEST.toDays()));
    }
    return CloudEvents.attributes(incoming::header)
        .then(
            attributes ->
                attributes.type().equals(RunRequest.TYPE)
                    ? request(attributes, incoming.record().value())
                    : new Decoded.NotUnderstood<>(
                        "expected a CloudEvent of type %s, found '%s'"
                            .formatted(RunRequest.TYPE, attributes.type())));
  }

  private static Decoded<Asked> request(CloudEvents.Attributes attributes, byte[] value) {
    return Json.read(value, RunRequest.class, "a run request")
        .then(
            request ->
                new Decoded.Understood<>(
                    new Asked(
                        request.run() != null
                            ? request.run()
                            : RunId.derived(attributes.source(), attributes.id()),
                        request)));
  }

  private Uni<Void> start(Asked asked, ConsumerRecord<byte[], byte[]> record) {
    return admission
        .judge(asked.run(), asked.request())
        .chain(
            verdict ->
                switch (verdict) {
                  case Verdict.Admitted admitted -> {
                    LOG.debugf("run=%s flow=%s", asked.run(), admitted.start().flow());
                    yield admission.start(admitted.start());
                  }
                  case Verdict.UnknownFlow(String reason) -> refuse(record, reason);
                  case Verdict.Unfit(String reason) -> refuse(record, reason);
                });
  }

  private Uni<Void> refuse(ConsumerRecord<byte[], byte[]> record, String reason) {
    refusals.refused(record.topic(), record.partition(), record.offset(), reason);
    return writer.refuse(record, reason);
  }
}
