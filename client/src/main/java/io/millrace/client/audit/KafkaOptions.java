package io.millrace.client.audit;

import io.millrace.client.request.KafkaConfigFile;
import io.millrace.events.Topics;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where an installation's topics are, for commands that speak to Kafka itself. */
final class KafkaOptions {
  @Option(
      names = "--brokers",
      required = true,
      paramLabel = "HOST:PORT",
      description = "Kafka's bootstrap servers.")
  private String brokers;

  @Option(
      names = "--topic-prefix",
      defaultValue = "",
      paramLabel = "PREFIX",
      description = "The prefix of the installation's topics.")
  private String prefix;

  @Option(
      names = "--kafka",
      paramLabel = "KEY=VALUE",
      description =
          "A setting of the Kafka client, such as security.protocol=SSL; may be repeated. Goes before the file's.")
  private Map<String, String> settings = new HashMap<>();

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description =
          "More settings of the Kafka client, such as TLS and SASL, as a properties file.")
  private Path file;

  String brokers() {
    return brokers;
  }

  /**
   * The topics.
   *
   * @param partitions of those that go by run
   */
  Topics topics(int partitions) {
    return new Topics(prefix, partitions);
  }

  /** The client's settings, to be added to. */
  Map<String, Object> settings() {
    Map<String, Object> all = KafkaConfigFile.read(file);
    all.putAll(settings);
    all.put("bootstrap.servers", brokers);
    return all;
  }
}
