package io.millrace.watcher;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
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
 * @param end how its controller says that it ended; empty while it has not
 */
record Holder(Kind kind, Instant created, Optional<Stop> stop, boolean idle, Optional<End> end) {

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
      case Pod pod -> new Holder(Kind.POD, created(pod), Stop.of(pod), false, Optional.empty());
      default ->
          throw new IllegalArgumentException("no attempt is launched as a " + object.getKind());
    };
  }

  /** The same where something that it brought about has not stopped yet. */
  Holder busy() {
    return new Holder(kind, created, stop, false, end);
  }

  private static Holder job(Job job) {
    boolean suspended = false;
    Optional<End> end = Optional.empty();
    if (job.getStatus() != null) {
      for (JobCondition condition : job.getStatus().getConditions()) {
        if ("True".equals(condition.getStatus())) {
          suspended |= "Suspended".equals(condition.getType());
          end =
              end.or(() -> end(condition.getType(), condition.getReason(), condition.getMessage()));
        }
      }
    }
    return new Holder(Kind.JOB, created(job), Stop.of(job), suspended || end.isPresent(), end);
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
        Kind.JOBSET, created(jobSet), Stop.of(jobSet), suspended || end.isPresent(), end);
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
