package io.millrace.client.audit;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace audit}: is the state what the log says it is? */
@Command(
    name = "audit",
    sortOptions = false,
    description = {
      "Decides the command log again and compares state and orders with what is there.",
      "Reads Kafka only and changes nothing; the installation may run meanwhile.",
      "Ends with 0 when every partition is as it has to be."
    },
    footerHeading = "%nExample:%n",
    footer = "  millrace audit --brokers localhost:9092")
public final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private KafkaOptions kafka;

  @Option(
      names = "--keep",
      paramLabel = "FOLDER",
      description =
          "Begin with the checkpoints that the last audit kept here, where there are some, and keep"
              + " those of this one if it is clean. Needed once commands are gone by retention.")
  private Path folder;

  @Override
  public Integer call() throws IOException {
    try {
      return audit();
    } catch (KafkaException unreachable) {
      spec.commandLine()
          .getErr()
          .printf(
              "Kafka at %s cannot be read: %s; check --brokers, and --kafka for TLS and SASL%n",
              kafka.brokers(), unreachable.getMessage());
      return 1;
    }
  }

  private int audit() throws IOException {
    var past = new TopicPast(kafka.settings());
    int partitions = past.partitions(kafka.topics(1).commands());
    if (partitions == 0) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no topic %s at %s; is the --topic-prefix right?"
              .formatted(kafka.topics(1).commands(), kafka.brokers()));
    }
    var topics = kafka.topics(partitions);
    PrintWriter out = spec.commandLine().getOut();
    boolean clean = true;
    for (int partition = 0; partition < partitions; partition++) {
      PartitionAudit.Result result =
          new PartitionAudit(topics, partition, past).run(begin(partition));
      out.printf(
          "partition %d: %d commands decided again, %d entities and %d orders compared, %d orders sent more than once, %s%n",
          partition,
          result.commands(),
          result.entities(),
          result.orders(),
          result.repeated(),
          result.differences().isEmpty() ? "clean" : "DIFFERENT");
      result.differences().forEach(difference -> out.println("  " + difference));
      clean &= result.differences().isEmpty();
      if (folder != null && result.differences().isEmpty()) {
        result.checkpoint().keep(file(partition));
      }
    }
    out.println(clean ? "audit: clean" : "audit: the state is not what the log says");
    return clean ? 0 : 1;
  }

  private Checkpoint begin(int partition) throws IOException {
    return folder != null && Files.exists(file(partition))
        ? Checkpoint.kept(file(partition))
        : Checkpoint.empty();
  }

  private Path file(int partition) {
    return folder.resolve("partition-" + partition + ".json");
  }
}
