package io.millrace.scheduler.topics;

import io.millrace.events.DeadLetter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records that could not be taken, as they came, with the reason. */
public final class DeadLetters {
  private DeadLetters() {}

  /**
   * The record for the dead-letters topic.
   *
   * @param topic the dead-letters topic
   * @param partition of that topic
   */
  public static ProducerRecord<byte[], byte[]> of(
      ConsumerRecord<byte[], byte[]> record, String reason, String topic, int partition) {
    var letter = new DeadLetter(record.topic(), record.partition(), record.offset(), reason);
    var headers = new RecordHeaders(record.headers().toArray());
    set(headers, DeadLetter.REASON, reason);
    set(headers, DeadLetter.ORIGIN, letter.origin());
    return new ProducerRecord<>(topic, partition, record.key(), record.value(), headers);
  }

  private static void set(RecordHeaders headers, String name, String value) {
    headers.remove(name);
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
