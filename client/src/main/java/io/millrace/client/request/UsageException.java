package io.millrace.client.request;

/** The command was understood, but what it was given cannot be right. */
public final class UsageException extends RuntimeException {
  public UsageException(String message) {
    super(message);
  }
}
