package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads why a pod ended. What is said of the whole pod goes before what is said of its container,
 * which only shows that something killed it.
 */
final class PodEnd {
  private static final int SIGKILLED = 137;
  private static final int SIGTERMED = 143;

  /** {@code status.reason} of pods. */
  private static final Map<String, Kind> REASONS =
      Map.of(
          "DeadlineExceeded", Kind.TIMEOUT,
          "Evicted", Kind.EVICTED,
          "Preempting", Kind.PREEMPTED,
          "Preempted", Kind.PREEMPTED,
          "Terminated", Kind.PREEMPTED,
          "NodeShutdown", Kind.PREEMPTED,
          "Shutdown", Kind.PREEMPTED,
          "NodeLost", Kind.NODE_LOST);

  /** Reasons of the condition {@code DisruptionTarget}. */
  private static final Map<String, Kind> DISRUPTIONS =
      Map.of(
          "PreemptionByScheduler", Kind.PREEMPTED,
          "EvictionByEvictionAPI", Kind.EVICTED,
          "TerminationByKubelet", Kind.EVICTED,
          "DeletionByPodGC", Kind.NODE_LOST);

  private static final String BY_TAINT = "DeletionByTaintManager";

  private PodEnd() {}

  /** The step's container ended with 0. */
  static Seen well(ContainerStateTerminated ended) {
    Instant at = PodVerdict.instant(ended.getFinishedAt()).orElse(Instant.MAX);
    return switch (outcome(ended.getMessage())) {
      case Decoded.Understood<Outcome>(Outcome outcome) when outcome.ok() ->
          new Seen.EndedWell(outcome);
      case Decoded.Understood<Outcome>(Outcome outcome) ->
          new Seen.EndedBadly(Cause.userError(0, error(outcome)), at, false);
      case Decoded.NotUnderstood<Outcome>(String reason) ->
          new Seen.EndedBadly(Cause.userError(0, reason), at, false);
    };
  }

  /** The pod succeeded, and nothing is left of its container's status. */
  static Seen silently() {
    return new Seen.EndedWell(Outcome.SUCCESS);
  }

  private static Decoded<Outcome> outcome(String message) {
    if (message == null || message.isBlank()) {
      return new Decoded.Understood<>(Outcome.SUCCESS);
    }
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    Decoded<Outcome> read = Json.read(bytes, Outcome.class, "outcome file");
    return read instanceof Decoded.NotUnderstood<Outcome> && bytes.length >= Outcome.MAX_BYTES
        ? new Decoded.NotUnderstood<>(
            "outcome file has %d bytes or more, at most %d are taken; keep large results in MILLRACE_DATA_URI and report where they are"
                .formatted(bytes.length, Outcome.MAX_BYTES))
        : read;
  }

  private static String error(Outcome outcome) {
    return outcome.error() == null
        ? "the step reported ok=false in its outcome, and no error"
        : outcome.error();
  }

  /**
   * It ended otherwise.
   *
   * @param ended the step's container, where that has run
   */
  static Seen badly(Pod pod, Optional<ContainerStateTerminated> ended) {
    Instant at =
        ended
            .flatMap(end -> PodVerdict.instant(end.getFinishedAt()))
            .or(() -> PodVerdict.instant(pod.getMetadata().getDeletionTimestamp()))
            .orElse(Instant.MAX);
    boolean deleted = pod.getMetadata().getDeletionTimestamp() != null;
    Integer exit = ended.map(ContainerStateTerminated::getExitCode).orElse(null);
    Optional<Cause> ofPod = ofPod(pod, exit, ended.isPresent());
    if (ofPod.isPresent()) {
      return new Seen.EndedBadly(ofPod.get(), at, false);
    }
    if (ended.isPresent()) {
      boolean killed = deleted && Set.of(SIGKILLED, SIGTERMED).contains(exit);
      return new Seen.EndedBadly(
          killed ? deleted(pod, exit) : ofContainer(ended.get(), ""), at, killed);
    }
    return new Seen.EndedBadly(
        initContainer(pod).orElseGet(() -> deleted ? deleted(pod, null) : refused(pod)),
        at,
        deleted);
  }

  /** It is not there any more, and its end was not seen. */
  static Seen gone(Pod pod) {
    Instant at = PodVerdict.instant(pod.getMetadata().getDeletionTimestamp()).orElse(Instant.MAX);
    return ofPod(pod, null, false)
        .map(cause -> new Seen.EndedBadly(cause, at, false))
        .orElseGet(() -> new Seen.EndedBadly(deleted(pod, null), at, true));
  }

  private static Optional<Cause> ofPod(Pod pod, Integer exit, boolean ran) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    String reason = pod.getStatus().getReason();
    Kind kind = reason == null ? null : REASONS.get(reason);
    if (kind != null) {
      String message = PodVerdict.text(pod.getStatus().getMessage(), reason);
      return Optional.of(new Cause(kind, exit, reason + ": " + message));
    }
    return PodVerdict.condition(pod, "DisruptionTarget")
        .filter(condition -> "True".equals(condition.getStatus()))
        .map(condition -> disruption(condition, exit, ran));
  }

  private static Cause disruption(PodCondition condition, Integer exit, boolean ran) {
    String reason = PodVerdict.text(condition.getReason(), "DisruptionTarget");
    // A taint drives pods from a node that works and from one that is gone; only on the first one
    // is there still somebody to report how the container ended.
    Kind kind =
        reason.equals(BY_TAINT)
            ? ran ? Kind.EVICTED : Kind.NODE_LOST
            : DISRUPTIONS.getOrDefault(reason, Kind.EVICTED);
    return new Cause(
        kind, exit, reason + ": " + PodVerdict.text(condition.getMessage(), "the pod was stopped"));
  }

  private static Cause ofContainer(ContainerStateTerminated ended, String who) {
    int exit = ended.getExitCode();
    String reason = PodVerdict.text(ended.getReason(), "Error");
    if (reason.equals("OOMKilled")) {
      return new Cause(
          Kind.OOM_KILLED, exit, who + "the container used more memory than its limit");
    }
    String said = said(ended);
    String how = reason.equals("Error") ? "" : " (" + reason + ")";
    return Cause.userError(
        exit, "%sexit code %d%s%s".formatted(who, exit, how, said.isEmpty() ? "" : ": " + said));
  }

  /** The step's own words: its outcome's error, or the end of its log. */
  private static String said(ContainerStateTerminated ended) {
    String message = PodVerdict.text(ended.getMessage(), "").strip();
    return message.startsWith("{")
            && outcome(message) instanceof Decoded.Understood<Outcome>(Outcome outcome)
            && !outcome.ok()
        ? error(outcome)
        : message;
  }

  private static Optional<Cause> initContainer(Pod pod) {
    for (ContainerStatus init : pod.getStatus().getInitContainerStatuses()) {
      ContainerState state = init.getState();
      if (state != null
          && state.getTerminated() != null
          && state.getTerminated().getExitCode() != 0) {
        return Optional.of(
            ofContainer(state.getTerminated(), "init container " + init.getName() + ": "));
      }
    }
    return Optional.empty();
  }

  private static Cause deleted(Pod pod, Integer exit) {
    return new Cause(
        Kind.EVICTED,
        exit,
        "pod %s was deleted from outside while it ran".formatted(pod.getMetadata().getName()));
  }

  /** The kubelet would not take it: no room after all, or the node changed. */
  private static Cause refused(Pod pod) {
    String reason = PodVerdict.text(pod.getStatus().getReason(), "Failed");
    return Cause.of(
        Kind.EVICTED,
        reason
            + ": "
            + PodVerdict.text(pod.getStatus().getMessage(), "the pod failed before its step ran"));
  }
}
