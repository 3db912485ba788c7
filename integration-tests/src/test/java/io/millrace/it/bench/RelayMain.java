package io.millrace.it.bench;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Passes records on from one topic to another, and does nothing else: a process of its own, as the
 * scheduler is one. Arguments: brokers, the topics, and a transactional id where a transaction is
 * to be around each batch.
 */
public final class RelayMain {
  private RelayMain() {}

  public static void main(String[] arguments) {
    var clients = new Clients(arguments[0]);
    String from = arguments[1];
    String to = arguments[2];
    boolean transactions = arguments.length > 3;
    KafkaConsumer<byte[], byte[]> in = clients.atTheEnd(from, 1, "read_uncommitted");
    KafkaProducer<byte[], byte[]> out =
        clients.producer(
            transactions
                ? Map.of("transactional.id", arguments[3], "retry.backoff.ms", 5)
                : Map.of());
    if (transactions) {
      out.initTransactions();
    }
    System.out.println("READY relay=" + from);
    while (true) {
      ConsumerRecords<byte[], byte[]> records = in.poll(Duration.ofSeconds(1));
      if (transactions && !records.isEmpty()) {
        out.beginTransaction();
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        out.send(new ProducerRecord<>(to, 0, null, record.value()));
      }
      if (transactions && !records.isEmpty()) {
        out.commitTransaction();
      }
    }
  }
}
