package io.millrace.client.request;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** A file with settings of Kafka's clients, such as those of TLS and SASL, as Kafka names them. */
public final class KafkaConfigFile {
  private KafkaConfigFile() {}

  /**
   * The settings.
   *
   * @param file null for none
   * @throws UsageException when it cannot be read
   */
  public static Map<String, Object> read(Path file) {
    var all = new HashMap<String, Object>();
    if (file == null) {
      return all;
    }
    var properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException | IllegalArgumentException unreadable) {
      throw new UsageException(
          "--kafka-config %s cannot be read as a properties file: %s"
              .formatted(file, unreadable.getMessage()));
    }
    properties.forEach((key, value) -> all.put(key.toString(), value));
    return all;
  }
}
