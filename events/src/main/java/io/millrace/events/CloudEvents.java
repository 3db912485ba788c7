package io.millrace.events;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * CloudEvents 1.0 in Kafka's binary mode: attributes are headers that start with {@code ce_}, the
 * data is the record's value.
 */
public final class CloudEvents {
  private static final String JSON = "application/json";

  private CloudEvents() {}

  /**
   * The attributes that Millrace reads.
   *
   * @param id unique within the source
   * @param source a URI reference that names the producer
   * @param type what happened
   */
  public record Attributes(String id, String source, String type) {}

  /** Headers for an event, in a fixed order. */
  public static Map<String, byte[]> headers(
      String id, String source, String type, String subject, Instant time) {
    var headers = new LinkedHashMap<String, byte[]>();
    headers.put("ce_specversion", bytes("1.0"));
    headers.put("ce_id", bytes(id));
    headers.put("ce_source", bytes(source));
    headers.put("ce_type", bytes(type));
    headers.put("ce_subject", bytes(subject));
    headers.put("ce_time", bytes(time.toString()));
    headers.put("content-type", bytes(JSON));
    return headers;
  }

  /**
   * Reads the attributes.
   *
   * @param header a header's bytes by name, or null when there is none of that name
   */
  public static Decoded<Attributes> attributes(Function<String, byte[]> header) {
    String version = text(header, "ce_specversion");
    if (!"1.0".equals(version)) {
      return new Decoded.NotUnderstood<>(
          "expected a CloudEvent in binary mode with header ce_specversion=1.0, found "
              + (version == null ? "no such header" : "'" + version + "'"));
    }
    for (String name : List.of("ce_id", "ce_source", "ce_type")) {
      String value = text(header, name);
      if (value == null || value.isBlank()) {
        return new Decoded.NotUnderstood<>(
            "expected a CloudEvent with header " + name + ", found none");
      }
    }
    return new Decoded.Understood<>(
        new Attributes(text(header, "ce_id"), text(header, "ce_source"), text(header, "ce_type")));
  }

  /**
   * When the event occurred, by its producer's word.
   *
   * @param otherwise where it does not say, or not as RFC 3339 has it
   */
  public static Instant time(Function<String, byte[]> header, Instant otherwise) {
    String text = text(header, "ce_time");
    try {
      return text == null ? otherwise : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException malformed) {
      return otherwise;
    }
  }

  private static String text(Function<String, byte[]> header, String name) {
    byte[] value = header.apply(name);
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
