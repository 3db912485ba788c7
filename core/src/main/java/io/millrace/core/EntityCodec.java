package io.millrace.core;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.millrace.events.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * The bytes of entities in the state topic. Its own to Millrace, unlike the contract's records: a
 * field that a version adds must have a value where an older checkpoint lacks it.
 */
public final class EntityCodec {
  /** Some thirty thousand years, whose milliseconds are exact in every reader of JSON. */
  private static final long MANY_SECONDS = 1_000_000_000_000L;

  private static final ObjectMapper MAPPER =
      Json.newMapper()
          .setVisibility(PropertyAccessor.ALL, Visibility.NONE)
          .setVisibility(PropertyAccessor.FIELD, Visibility.ANY)
          .setVisibility(PropertyAccessor.CREATOR, Visibility.ANY)
          .setDefaultPropertyInclusion(JsonInclude.Include.NON_NULL)
          .registerModule(
              new SimpleModule()
                  .addSerializer(Instant.class, new TimeWriter())
                  .addDeserializer(Instant.class, new TimeReader()))
          .addMixIn(RunState.class, RunStates.class)
          .addMixIn(AttemptState.class, AttemptStates.class);

  private EntityCodec() {}

  /**
   * A time as the milliseconds since 1970, which Kafka's times are and which are read many times
   * faster than a text; as ISO 8601 only where there is more to it.
   */
  private static final class TimeWriter extends JsonSerializer<Instant> {
    @Override
    public void serialize(Instant time, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (time.getNano() % 1_000_000 == 0 && Math.abs(time.getEpochSecond()) < MANY_SECONDS) {
        json.writeNumber(time.toEpochMilli());
      } else {
        json.writeString(time.toString());
      }
    }
  }

  private static final class TimeReader extends JsonDeserializer<Instant> {
    @Override
    public Instant deserialize(JsonParser json, DeserializationContext context) throws IOException {
      if (json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
        return Instant.ofEpochMilli(json.getLongValue());
      }
      String text = json.getText();
      try {
        return Instant.parse(text);
      } catch (DateTimeException wrong) {
        throw context.weirdStringException(text, Instant.class, wrong.getMessage());
      }
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @Type(value = RunState.Running.class, name = "running"),
    @Type(value = RunState.Suspended.class, name = "suspended"),
    @Type(value = RunState.Ending.class, name = "ending"),
    @Type(value = RunState.Ended.class, name = "ended"),
  })
  private interface RunStates {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @Type(value = AttemptState.Waiting.class, name = "waiting"),
    @Type(value = AttemptState.BackingOff.class, name = "backing-off"),
    @Type(value = AttemptState.Ordered.class, name = "ordered"),
    @Type(value = AttemptState.Deferred.class, name = "deferred"),
    @Type(value = AttemptState.Launched.class, name = "launched"),
    @Type(value = AttemptState.Pending.class, name = "pending"),
    @Type(value = AttemptState.Running.class, name = "running"),
    @Type(value = AttemptState.Stopping.class, name = "stopping"),
    @Type(value = AttemptState.Done.class, name = "succeeded"),
    @Type(value = AttemptState.Failed.class, name = "failed"),
  })
  private interface AttemptStates {}

  /** An entity's bytes; the same for equal entities. */
  public static byte[] write(Entity entity) {
    return bytes(entity);
  }

  /** A position's bytes. */
  public static byte[] write(Position position) {
    return bytes(position);
  }

  private static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("an entity can always be written", impossible);
    }
  }

  /**
   * Reads an entity.
   *
   * @throws IllegalArgumentException when the bytes are none of that kind
   */
  public static Entity read(EntityKey key, byte[] bytes) {
    return read(key.text(), bytes, type(key));
  }

  /**
   * Reads a position.
   *
   * @throws IllegalArgumentException when the bytes are none
   */
  public static Position readPosition(byte[] bytes) {
    return read(Position.KEY, bytes, Position.class);
  }

  private static <T> T read(String key, byte[] bytes, Class<T> type) {
    try {
      return MAPPER.readValue(bytes, type);
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          "the state record '%s' cannot be read, was it written by a newer version? %s"
              .formatted(key, unreadable.getMessage()),
          unreadable);
    }
  }

  private static Class<? extends Entity> type(EntityKey key) {
    return switch (key) {
      case EntityKey.FlowKey flow -> Entity.Flow.class;
      case EntityKey.RunKey run -> Entity.Run.class;
      case EntityKey.StatusKey status -> Entity.Status.class;
      case EntityKey.TaskKey task -> Entity.Task.class;
      case EntityKey.FanKey fan -> Entity.Fan.class;
      case EntityKey.ChunkKey chunk -> Entity.Chunk.class;
      case EntityKey.JoinKey join -> Entity.Join.class;
      case EntityKey.ProgressKey progress -> Entity.Progress.class;
      case EntityKey.LimitKey limit -> Entity.Limit.class;
      case EntityKey.PermitsKey permits -> Entity.Permits.class;
      case EntityKey.TriggersKey triggers -> Entity.Trigger.class;
      case EntityKey.HeardKey heard -> Entity.Heard.class;
      case EntityKey.SettingsKey settings -> Entity.Settings.class;
    };
  }
}
