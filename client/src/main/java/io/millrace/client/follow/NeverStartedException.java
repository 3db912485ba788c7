package io.millrace.client.follow;

/** A run that was asked for has not begun in all the time that it was waited for. */
public final class NeverStartedException extends RuntimeException {
  NeverStartedException(String message) {
    super(message);
  }
}
