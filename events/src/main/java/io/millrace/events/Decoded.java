package io.millrace.events;

import java.util.function.Function;

/** What came of reading foreign bytes: a value, or what is wrong with them. Never an exception. */
public sealed interface Decoded<T> {

  /** The bytes were understood. */
  record Understood<T>(T value) implements Decoded<T> {}

  /**
   * They were not.
   *
   * @param reason what was found and what was expected
   */
  record NotUnderstood<T>(String reason) implements Decoded<T> {}

  /** Goes on with the value, if there is one. */
  default <R> Decoded<R> then(Function<T, Decoded<R>> next) {
    return switch (this) {
      case Understood<T> understood -> next.apply(understood.value());
      case NotUnderstood<T> not -> new NotUnderstood<>(not.reason());
    };
  }
}
