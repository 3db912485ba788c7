package io.millrace.metadata.history;

import io.millrace.events.CloudEvents;
import io.millrace.events.Decoded;
import io.millrace.events.Event;
import io.millrace.events.Json;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A public event.
 *
 * @param at when it happened, in milliseconds since 1970
 */
public record Happened(Event event, long at) {

  /** Reads a record; one of a type that is not known here says so. */
  static Decoded<Happened> read(ConsumerRecord<byte[], byte[]> record) {
    return CloudEvents.attributes(name -> header(record, name))
        .then(
            attributes -> {
              Class<? extends Event> kind =
                  attributes.type().startsWith("io.millrace.run.")
                      ? Event.RunChanged.class
                      : attributes.type().startsWith("io.millrace.task.")
                          ? Event.TaskChanged.class
                          : null;
              return kind == null
                  ? new Decoded.NotUnderstood<>("its type is '%s'".formatted(attributes.type()))
                  : event(record, kind);
            });
  }

  private static <E extends Event> Decoded<Happened> event(
      ConsumerRecord<byte[], byte[]> record, Class<E> kind) {
    return Json.read(record.value(), kind, "an event")
        .then(event -> new Decoded.Understood<>(new Happened(event, record.timestamp())));
  }

  private static byte[] header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? null : header.value();
  }
}
