package io.millrace.metadata.history;

/** Another reader has gone on from where this one was; nothing was written. */
final class Superseded extends RuntimeException {
  Superseded(int partition, long from) {
    super(
        "partition %d of the events is no longer read from %d on; another replica has it"
            .formatted(partition, from));
  }
}
