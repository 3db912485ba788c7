package io.millrace.core;

/**
 * A command was understood and broke the rules' own code: a bug. The partition stays before it
 * until an operator's {@link io.millrace.events.Command.CommandSkipped} follows in the log, for
 * passing over it by itself would let two versions of the program decide the same log differently.
 */
public final class BrokenCommandException extends RuntimeException {
  private final long offset;

  BrokenCommandException(int partition, long offset, RuntimeException bug) {
    super(
        "the command at offset %d of partition %d cannot be decided: %s; report it with that record, and pass over it with 'millrace skip %d %d' if the partition has to go on"
            .formatted(offset, partition, bug, partition, offset),
        bug);
    this.offset = offset;
  }

  /** Where the command is. */
  public long offset() {
    return offset;
  }
}
