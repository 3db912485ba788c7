package io.millrace.client.audit;

import io.millrace.events.Command.CommandSkipped;
import io.millrace.events.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace skip}: an operator's word to pass over a command that breaks the engine. */
@Command(
    name = "skip",
    sortOptions = false,
    description = {
      "Lets a partition pass over a command that it cannot decide, which it says in its log and in",
      "/q/health/ready. The word stands in the command log itself, so every owner reads it alike.",
      "The command goes to the dead letters with the reason."
    },
    footerHeading = "%nExample:%n",
    footer = "  millrace skip 3 17041 --reason 'issue 12' --brokers localhost:9092")
public final class SkipCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "PARTITION", description = "As the message names it.")
  private int partition;

  @Parameters(index = "1", paramLabel = "OFFSET", description = "As the message names it.")
  private long offset;

  @Option(names = "--reason", required = true, description = "Why, for who asks later.")
  private String reason;

  @Mixin private KafkaOptions kafka;

  @Override
  public Integer call() throws InterruptedException {
    Map<String, Object> all = kafka.settings();
    all.put("acks", "all");
    all.put("max.block.ms", 10_000);
    all.put("delivery.timeout.ms", 10_000);
    all.put("request.timeout.ms", 5_000);
    String topic = kafka.topics(1).commands();
    byte[] word = Json.write((io.millrace.events.Command) new CommandSkipped(offset, reason));
    try (var producer =
        new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, partition, null, word)).get();
    } catch (ExecutionException failed) {
      spec.commandLine()
          .getErr()
          .printf(
              "Not written to partition %d of %s at %s: %s%n",
              partition, topic, kafka.brokers(), failed.getCause().getMessage());
      return 1;
    }
    spec.commandLine()
        .getOut()
        .printf("Partition %d passes over offset %d when it stands there.%n", partition, offset);
    return 0;
  }
}
