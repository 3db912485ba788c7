package io.millrace.core;

import java.time.Instant;

/**
 * A record of a world's log and what came of it.
 *
 * @param digest of what left the engine
 * @param after where the log stood then
 */
record Taking(
    long offset, Instant appended, byte[] value, Decision decision, int digest, Position after) {}
