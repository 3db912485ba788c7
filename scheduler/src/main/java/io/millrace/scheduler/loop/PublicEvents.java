package io.millrace.scheduler.loop;

import io.millrace.core.Moment;
import io.millrace.events.CloudEvents;
import io.millrace.events.Event;
import io.millrace.events.Json;
import io.millrace.events.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The public events that a checkpoint publishes beside the state. */
final class PublicEvents {
  private final Topics topics;
  private final int partition;

  PublicEvents(Topics topics, int partition) {
    this.topics = topics;
    this.partition = partition;
  }

  /**
   * Events as CloudEvents. Their ids name the command that they follow from, and so are the same
   * when it is decided again.
   */
  List<ProducerRecord<byte[], byte[]>> events(List<Event> events, Moment moment) {
    var records = new ArrayList<ProducerRecord<byte[], byte[]>>(events.size());
    for (int n = 0; n < events.size(); n++) {
      Event event = events.get(n);
      var headers = new RecordHeaders();
      CloudEvents.headers(
              "%d-%d-%d".formatted(partition, moment.offset(), n),
              "/millrace/commands/" + partition,
              event.type(),
              event.subject(),
              moment.time())
          .forEach(headers::add);
      records.add(
          new ProducerRecord<>(
              topics.events(),
              partition,
              moment.time().toEpochMilli(),
              event.run().value().getBytes(StandardCharsets.UTF_8),
              Json.write(event),
              headers));
    }
    return records;
  }
}
