package io.millrace.core;

/** The log asks for rules that only a newer program knows: this one must give the partition up. */
public final class UnknownBehaviourException extends RuntimeException {
  UnknownBehaviourException(int version) {
    super(
        "the command log asks for behaviour %d, and this program knows up to %d; run the newer version"
            .formatted(version, Decider.BEHAVIOUR));
  }
}
