package io.millrace.core;

import io.millrace.events.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Takeovers: a checkpoint of an earlier position is read back and the tail decided again. */
final class Replay {
  private Replay() {}

  /** Stands for the bytes of everything that leaves the engine by a decision. */
  static int digest(Decision decision) {
    int digest = 1;
    for (var order : decision.orders()) {
      digest = 31 * digest + Arrays.hashCode(Json.write(order));
    }
    for (var event : decision.events()) {
      digest = 31 * digest + Arrays.hashCode(Json.write(event));
    }
    for (var message : decision.messages()) {
      digest = 31 * digest + Arrays.hashCode(Json.write(message.command()));
      digest = 31 * digest + message.key().hashCode() + message.partition();
    }
    return digest;
  }

  /** A log restored as it was before a record: last value a key, read back in any order. */
  static CommandLog restored(List<Taking> takings, int before, long order) {
    Map<EntityKey, Entity> last = new HashMap<>();
    Position position = Position.START;
    for (Taking taking : takings.subList(0, before)) {
      taking.decision().changes().forEach(change -> last.put(change.key(), change.entity()));
    }
    if (before > 0) {
      position = takings.get(before - 1).after();
    }
    var changes = new ArrayList<Change>();
    last.forEach(
        (key, entity) -> {
          if (entity != null) {
            changes.add(new Change(key, EntityCodec.read(key, EntityCodec.write(entity))));
          }
        });
    Collections.shuffle(changes, new Random(order));
    var state = new State(0, 1);
    state.apply(changes);
    return new CommandLog(state, EntityCodec.readPosition(EntityCodec.write(position)));
  }
}
