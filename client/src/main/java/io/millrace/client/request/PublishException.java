package io.millrace.client.request;

/** A run request did not reach Kafka, or may not have; the message says what to do. */
public final class PublishException extends RuntimeException {
  PublishException(String message, Throwable cause) {
    super(message, cause);
  }
}
