package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.millrace.events.Cause;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What makes an object a tombstone: nothing of it may run any more, and its name stays taken until
 * no order for it can be under way.
 *
 * @param cause what the attempt ends as
 * @param at when it was stopped
 */
public record Stop(Cause cause, Instant at) {

  public Stop {
    if (cause == null || at == null) {
      throw new IllegalArgumentException("a stop has a cause and a time");
    }
  }

  /** As it stands in the annotation. */
  public String text() {
    return Json.text(this);
  }

  /** Whether an object was made only to hold a name: nothing of it has ever run. */
  static boolean isTombstone(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(Marks.TOMBSTONE);
  }

  /** The stop of an object; empty where it has not been stopped. */
  public static Optional<Stop> of(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(Marks.STOPPED);
    if (text == null) {
      return Optional.empty();
    }
    return switch (Json.read(text.getBytes(StandardCharsets.UTF_8), Stop.class, "a stop")) {
      case Decoded.Understood<Stop>(Stop stop) -> Optional.of(stop);
      case Decoded.NotUnderstood<Stop> foreign ->
          Optional.of(
              new Stop(Cause.of(Cause.Kind.CANCELLED, "it was stopped: " + text), Instant.EPOCH));
    };
  }
}
