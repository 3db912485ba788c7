package io.millrace.watcher;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.millrace.events.Json;
import io.millrace.events.flow.Kubernetes.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The object that an attempt was launched as, as far as it matters beside the pods.
 *
 * @param kind of object
 * @param created when
 * @param stop whether it is a tombstone, or about to be one
 * @param idleFrom when it is known that its controller has none of its pods any more, and makes
 *     none: {@link Instant#MIN} where the controller says so, {@link Instant#MAX} where it does not
 * @param replaces whether its controller would make another pod in place of one that is deleted
 * @param end how its controller says that it ended; empty while it has not
 */
record Holder(
    Kind kind,
    Instant created,
    Optional<Stop> stop,
    Instant idleFrom,
    boolean replaces,
    Optional<End> end) {
  /** Within it, a controller has surely heard that a Job was stopped. */
  private static final Duration HEARD = Duration.ofSeconds(5);

  /**
   * A controller's word on an end.
   *
   * @param well whether it succeeded
   * @param reason in the controller's words
   * @param message for people
   */
  record End(boolean well, String reason, String message) {}

  static Holder of(HasMetadata object) {
    return switch (object) {
      case Job job -> job(job);
      case GenericKubernetesResource jobSet -> jobSet(jobSet);
      case Pod pod ->
          new Holder(Kind.POD, created(pod), Stop.of(pod), Instant.MAX, false, Optional.empty());
      default ->
          throw new IllegalArgumentException("no attempt is launched as a " + object.getKind());
    };
  }

  /** Whether its controller says that it has none of its pods any more, and makes none. */
  boolean idle() {
    return idleFrom.equals(Instant.MIN);
  }

  /** The same where something that it brought about has not stopped yet. */
  Holder busy() {
    return new Holder(kind, created, stop, Instant.MAX, replaces, end);
  }

  /**
   * Job controllers since 1.26 take a pod that is deleted for a failed one, and note it among the
   * {@code uncountedTerminatedPods}; older ones make another pod.
   */
  private static Holder job(Job job) {
    JobStatus status = job.getStatus() == null ? new JobStatus() : job.getStatus();
    boolean suspended = false;
    Optional<End> end = Optional.empty();
    for (JobCondition condition : status.getConditions()) {
      if ("True".equals(condition.getStatus())) {
        suspended |= "Suspended".equals(condition.getType());
        end = end.or(() -> end(condition.getType(), condition.getReason(), condition.getMessage()));
      }
    }
    Optional<Stop> stop = Stop.of(job);
    return new Holder(
        Kind.JOB,
        created(job),
        stop,
        suspended || end.isPresent() || Stop.isTombstone(job)
            ? Instant.MIN
            : stop.map(since -> emptied(status, since)).orElse(Instant.MAX),
        status.getUncountedTerminatedPods() == null,
        end);
  }

  /**
   * How a controller that knows no suspended Jobs shows that it has taken the pods of one away: it
   * counts none. Of a Job that was stopped before it had looked at it, it says nothing at all.
   */
  private static Instant emptied(JobStatus status, Stop stop) {
    if (status.getActive() != null && status.getActive() > 0) {
      return Instant.MAX;
    }
    return status.getStartTime() == null ? stop.at().plus(HEARD) : Instant.MIN;
  }

  private static Holder jobSet(GenericKubernetesResource jobSet) {
    boolean suspended = false;
    Optional<End> end = Optional.empty();
    JsonNode status = Json.tree(jobSet.getAdditionalProperties().get("status"));
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("status").asText().equals("True")) {
        String type = condition.path("type").asText();
        suspended |= type.equals("Suspended");
        end =
            end.or(
                () ->
                    end(
                        type,
                        condition.path("reason").asText(),
                        condition.path("message").asText()));
      }
    }
    return new Holder(
        Kind.JOBSET,
        created(jobSet),
        Stop.of(jobSet),
        suspended || end.isPresent() || Stop.isTombstone(jobSet) ? Instant.MIN : Instant.MAX,
        false,
        end);
  }

  private static Optional<End> end(String type, String reason, String message) {
    return switch (type) {
      case "Complete", "Completed" -> Optional.of(new End(true, reason, message));
      case "Failed" -> Optional.of(new End(false, reason, message));
      default -> Optional.empty();
    };
  }

  private static Instant created(HasMetadata object) {
    return PodVerdict.instant(object.getMetadata().getCreationTimestamp()).orElse(Instant.MAX);
  }
}
