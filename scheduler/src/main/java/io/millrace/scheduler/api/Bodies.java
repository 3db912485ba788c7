package io.millrace.scheduler.api;

import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import java.util.function.Function;

/** Reads what clients send; what is wrong is said in the contract's words. */
final class Bodies {
  private Bodies() {}

  /**
   * A JSON body.
   *
   * @param otherwise what an empty body means; null where a body is needed
   */
  static <T> T read(byte[] body, Class<T> type, String what, T otherwise) {
    if ((body == null || body.length == 0) && otherwise != null) {
      return otherwise;
    }
    return switch (Json.read(body, type, what)) {
      case Decoded.Understood<T>(T value) -> value;
      case Decoded.NotUnderstood<T>(String reason) -> throw ApiException.malformed(reason);
    };
  }

  static RunId run(String text) {
    return parse(text, RunId::of);
  }

  static TaskId task(String text) {
    return parse(text, TaskId::parse);
  }

  /** A part of the path or query that has a form. */
  static <T> T parse(String text, Function<String, T> form) {
    try {
      return form.apply(text);
    } catch (IllegalArgumentException malformed) {
      throw ApiException.malformed(malformed.getMessage());
    }
  }
}
