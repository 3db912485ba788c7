package io.millrace.core;

import java.time.Instant;

/**
 * How far a partition's command log has been taken.
 *
 * @param next the offset to go on from: everything below it has been decided
 * @param time the greatest time seen so far
 */
public record Position(long next, Instant time) {
  /** Before the first command. */
  public static final Position START = new Position(0, Instant.EPOCH);

  /** The key of the state topic under which a checkpoint keeps it. */
  public static final String KEY = "position/";
}
