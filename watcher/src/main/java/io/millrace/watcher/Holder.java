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
import java.time.Instant;
import java.util.Optional;

/**
 * The object that an attempt was launched as, as far as it matters beside the pods.
 *
 * @param kind of object
 * @param created when
 * @param stop whether it is a tombstone, or about to be one
 * @param idle whether its controller says that it has none of its pods any more, and makes none
 * @param replaces whether its controller would make another pod in place of one that is deleted
 * @param end how its controller says that it ended; empty while it has not
 */
record Holder(
    Kind kind,
    Instant created,
    Optional<Stop> stop,
    boolean idle,
    boolean replaces,
    Optional<End> end) {

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
          new Holder(Kind.POD, created(pod), Stop.of(pod), false, false, Optional.empty());
      default ->
          throw new IllegalArgumentException("no attempt is launched as a " + object.getKind());
    };
  }

  /** The same where something that it brought about has not stopped yet. */
  Holder busy() {
    return new Holder(kind, created, stop, false, replaces, end);
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
        suspended || end.isPresent() || stop.isPresent() && isEmptied(status),
        status.getUncountedTerminatedPods() == null,
        end);
  }

  /**
   * Whether the controller of a Job that was stopped has taken its pods away, as one that knows no
   * suspended Jobs shows it: it says when it first saw the Job, and counts no pod of it.
   */
  private static boolean isEmptied(JobStatus status) {
    return status.getStartTime() != null && (status.getActive() == null || status.getActive() == 0);
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
        Kind.JOBSET, created(jobSet), Stop.of(jobSet), suspended || end.isPresent(), false, end);
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
