package io.millrace.watcher;

import io.millrace.events.AttemptId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that the cluster shows of one attempt at one moment.
 *
 * @param of the attempt
 * @param size how many pods it has
 * @param holder its object; empty when that is gone
 * @param members what is seen of each pod, also of those that are gone
 * @param notCreated why its controller cannot make its pods; empty when it can
 */
record Scene(
    AttemptId of,
    int size,
    Optional<Holder> holder,
    List<Member> members,
    Optional<NotCreated> notCreated) {

  /**
   * A pod.
   *
   * @param index 0 for the control or the only one
   * @param there whether the pod still is
   */
  record Member(int index, boolean there, Seen seen) {
    boolean isLive() {
      return switch (seen) {
        case Seen.Starting starting -> there;
        case Seen.Waiting waiting -> there;
        case Seen.Running running -> there;
        case Seen.EndedWell well -> false;
        case Seen.EndedBadly badly -> false;
      };
    }
  }

  /** The words of a FailedCreate event, and when they were first said. */
  record NotCreated(String message, Instant since) {}
}
