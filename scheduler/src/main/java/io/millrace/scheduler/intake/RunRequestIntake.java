package io.millrace.scheduler.intake;

import io.millrace.core.Entity;
import io.millrace.events.CloudEvents;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.scheduler.intake.Admission.Verdict;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.topics.DeadLetters;
import io.millrace.scheduler.topics.Installation;
import io.millrace.scheduler.topics.RefusalLog;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.api.IncomingKafkaRecordMetadata;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
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
  static final Duration OLDEST = Entity.Status.KEPT_ENDED.minusDays(1);

  private final RefusalLog refusals = new RefusalLog(LOG);
  private final Admission admission;
  private final CommandWriter writer;
  private final Installation installation;

  RunRequestIntake(Admission admission, CommandWriter writer, Installation installation) {
    this.admission = admission;
    this.writer = writer;
    this.installation = installation;
  }

  /** Takes one request; completes when it may be forgotten. */
  Uni<Void> take(Message<byte[]> message) {
    ConsumerRecord<byte[], byte[]> record = record(message);
    Uni<Void> taken =
        switch (read(record)) {
          case Decoded.Understood<Asked>(Asked asked) -> start(asked, record);
          case Decoded.NotUnderstood<Asked>(String reason) -> refuse(record, reason);
        };
    return taken
        .onFailure()
        .invoke(failure -> LOG.warnf("offset=%d again: %s", record.offset(), failure.getMessage()))
        .onFailure()
        .retry()
        .withBackOff(Duration.ofMillis(100), Duration.ofSeconds(5))
        .indefinitely()
        .chain(() -> Uni.createFrom().completionStage(message.ack()));
  }

  /** The record as the broker has it. */
  private static ConsumerRecord<byte[], byte[]> record(Message<byte[]> message) {
    ConsumerRecord<?, ?> record =
        message.getMetadata(IncomingKafkaRecordMetadata.class).orElseThrow().getRecord();
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.timestampType(),
        record.serializedKeySize(),
        record.serializedValueSize(),
        (byte[]) record.key(),
        message.getPayload(),
        record.headers(),
        record.leaderEpoch());
  }

  private record Asked(RunId run, RunRequest request) {}

  private static Decoded<Asked> read(ConsumerRecord<byte[], byte[]> record) {
    Instant published = Instant.ofEpochMilli(record.timestamp());
    if (published.isBefore(Instant.now().minus(OLDEST))) {
      return new Decoded.NotUnderstood<>(
          "published at %s, longer ago than requests are taken (%d days): whether its run was started before is no longer known. Publish it again under a new id"
              .formatted(published, OLDEST.toDays()));
    }
    return CloudEvents.attributes(name -> header(record, name))
        .then(
            attributes ->
                attributes.type().equals(RunRequest.TYPE)
                    ? request(attributes, record.value())
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

  private static byte[] header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : header.value();
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
    return writer
        .send(
            DeadLetters.of(record, reason, installation.topics().deadLetters(), record.partition()))
        .replaceWithVoid();
  }
}
