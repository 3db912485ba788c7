package io.millrace.events;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The JSON form of every record. Writing the same value always gives the same bytes: the engine's
 * orders are compared byte for byte when a log is decided again.
 */
public final class Json {
  private static final ObjectMapper MAPPER = newMapper();

  private Json() {}

  /** A mapper with the contract's settings, for rooms that add types of their own. */
  public static ObjectMapper newMapper() {
    var factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(200).maxNumberLength(400).build())
            .build();
    return JsonMapper.builder(factory)
        .addModule(new JavaTimeModule())
        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
        .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(
            LogicalType.Textual,
            texts -> {
              texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
              texts.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
              texts.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
            })
        .build();
  }

  /** A record's bytes. */
  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException unwritable) {
      throw new IllegalStateException(
          "cannot write " + value.getClass().getSimpleName() + " as JSON", unwritable);
    }
  }

  /** A record's text. */
  public static String text(Object value) {
    return new String(write(value), StandardCharsets.UTF_8);
  }

  /** A record as a tree. */
  public static JsonNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  /**
   * Reads bytes of anybody's.
   *
   * @param bytes may be null or anything
   * @param what the name of what is expected, for the reason
   */
  public static <T> Decoded<T> read(byte[] bytes, Class<T> type, String what) {
    if (bytes == null || bytes.length == 0) {
      return new Decoded.NotUnderstood<>("expected " + what + " as JSON, found nothing");
    }
    try {
      T value = MAPPER.readValue(bytes, type);
      return value == null
          ? new Decoded.NotUnderstood<>("expected " + what + " as JSON, found null")
          : new Decoded.Understood<>(value);
    } catch (IOException | RuntimeException unreadable) {
      return new Decoded.NotUnderstood<>("expected " + what + " as JSON: " + firstLine(unreadable));
    } catch (StackOverflowError deep) {
      return new Decoded.NotUnderstood<>("expected " + what + " as JSON: nested too deep");
    }
  }

  private static String firstLine(Exception problem) {
    String message =
        problem instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : problem.getMessage();
    if (message == null) {
      return problem.getClass().getSimpleName();
    }
    String line = message.lines().findFirst().orElse("");
    return line.length() > 500 ? line.substring(0, 500) + "…" : line;
  }
}
