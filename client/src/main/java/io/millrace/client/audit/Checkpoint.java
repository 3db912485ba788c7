package io.millrace.client.audit;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Entity;
import io.millrace.core.EntityCodec;
import io.millrace.core.EntityKey;
import io.millrace.core.Position;
import io.millrace.core.State;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

/**
 * A partition's state as the state topic has it, or as an earlier audit kept it in a file.
 *
 * @param position how far it goes
 * @param entities their bytes, by the text of their keys
 */
record Checkpoint(Position position, Map<String, byte[]> entities) {

  /** Before the first command. */
  static Checkpoint empty() {
    return new Checkpoint(Position.START, new TreeMap<>());
  }

  /** The state, and no other: the bytes of its entities are the ones here. */
  State state(int partition, int partitions) {
    var all = new ArrayList<Entity>(entities.size());
    entities.forEach((key, bytes) -> all.add(EntityCodec.read(EntityKey.parse(key), bytes)));
    return State.restored(partition, partitions, all);
  }

  /** The form of the file. */
  private record Kept(long next, java.time.Instant time, Map<String, JsonNode> entities) {}

  void keep(Path file) throws IOException {
    var trees = new TreeMap<String, JsonNode>();
    entities.forEach((key, bytes) -> trees.put(key, read(bytes, JsonNode.class)));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Json.write(new Kept(position.next(), position.time(), trees)));
  }

  static Checkpoint kept(Path file) throws IOException {
    Kept kept = read(Files.readAllBytes(file), Kept.class);
    var entities = new TreeMap<String, byte[]>();
    kept.entities()
        .forEach(
            (key, tree) -> entities.put(key, tree.toString().getBytes(StandardCharsets.UTF_8)));
    return new Checkpoint(new Position(kept.next(), kept.time()), entities);
  }

  private static <T> T read(byte[] bytes, Class<T> type) {
    return switch (Json.read(bytes, type, "a kept checkpoint")) {
      case Decoded.Understood<T>(T value) -> value;
      case Decoded.NotUnderstood<T>(String reason) -> throw new IllegalArgumentException(reason);
    };
  }
}
