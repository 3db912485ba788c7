package io.millrace.local;

/**
 * Local mode cannot go on, and a person can do something about it: the message names the thing,
 * what was found and what to do, and is printed without a stack trace.
 */
public final class LocalModeException extends RuntimeException {
  LocalModeException(String message) {
    super(message);
  }

  LocalModeException(String message, Throwable cause) {
    super(message, cause);
  }
}
