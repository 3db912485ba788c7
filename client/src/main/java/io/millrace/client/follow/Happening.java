package io.millrace.client.follow;

import io.millrace.events.Decoded;
import io.millrace.events.Event;
import io.millrace.events.Json;
import io.millrace.events.api.EventView;
import java.util.Optional;

/** Events as the API streams them, read as the contract's records. */
final class Happening {
  private Happening() {}

  /** Empty for what a newer server tells and this client does not know. */
  static Optional<Event> read(EventView view) {
    if (view.type() == null || view.data() == null) {
      return Optional.empty();
    }
    if (view.type().startsWith("io.millrace.run.")) {
      return read(view, Event.RunChanged.class);
    }
    return view.type().startsWith("io.millrace.task.")
        ? read(view, Event.TaskChanged.class)
        : Optional.empty();
  }

  private static Optional<Event> read(EventView view, Class<? extends Event> type) {
    return switch (Json.read(Json.write(view.data()), type, view.type())) {
      case Decoded.Understood<? extends Event> understood -> Optional.of(understood.value());
      case Decoded.NotUnderstood<? extends Event> unknown -> Optional.empty();
    };
  }
}
