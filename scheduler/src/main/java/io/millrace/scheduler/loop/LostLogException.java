package io.millrace.scheduler.loop;

/**
 * A partition cannot be taken over as it is; the message says what is lost and what can be done.
 */
final class LostLogException extends RuntimeException {
  LostLogException(String message) {
    super(message);
  }
}
