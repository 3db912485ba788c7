package io.millrace.scheduler.launch.kubernetes;

/** An order that can never become an object; the message says what is wrong with it. */
final class RefusedOrderException extends RuntimeException {
  RefusedOrderException(String message) {
    super(message);
  }
}
