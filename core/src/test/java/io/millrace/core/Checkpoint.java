package io.millrace.core;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A state as the state topic holds it: bytes by key, the last value a key. */
final class Checkpoint {
  private Checkpoint() {}

  static Map<String, String> of(State state) {
    var bytes = new TreeMap<String, String>();
    for (Entity entity : state.entities()) {
      bytes.put(entity.key().text(), text(entity));
    }
    return bytes;
  }

  static String text(Entity entity) {
    return new String(EntityCodec.write(entity), StandardCharsets.UTF_8);
  }

  /** Reads it back, in the order of iteration. */
  static State restore(Map<String, String> checkpoint, int partition, int partitions) {
    List<Change> changes = new ArrayList<>();
    checkpoint.forEach(
        (key, text) -> {
          EntityKey parsed = EntityKey.parse(key);
          changes.add(
              new Change(parsed, EntityCodec.read(parsed, text.getBytes(StandardCharsets.UTF_8))));
        });
    var state = new State(partition, partitions);
    state.apply(changes);
    return state;
  }
}
