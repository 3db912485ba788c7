package io.millrace.scheduler.objects;

/** An object could not be read or written; the message names it and says what to do. */
public final class ObjectStoreException extends RuntimeException {

  ObjectStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
