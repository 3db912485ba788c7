package io.millrace.core;

import java.time.Instant;

/**
 * When a command is decided, as its record says.
 *
 * @param offset of the record in its partition
 * @param time of the record, never less than the greatest seen before it in the partition
 */
public record Moment(long offset, Instant time) {
  private static final int BITS = 20;
  private static final long HALF = 1L << (BITS - 1);

  /** A number for the n-th thing that a command brings about: it grows along the log. */
  long sequence(int n) {
    return (offset << BITS) + n;
  }

  /** A number for the n-th launch that follows a command: above all those of {@link #sequence}. */
  long turn(int n) {
    return (offset << BITS) + HALF + n;
  }
}
