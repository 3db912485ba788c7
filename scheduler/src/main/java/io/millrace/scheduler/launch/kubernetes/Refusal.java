package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.millrace.events.Observation;
import io.millrace.events.flow.Kubernetes.Kind;
import java.time.Duration;
import java.util.Optional;

/**
 * What an API server's refusal to create an object means: never, or not now. Where it gave no
 * answer, the object may be there; the same order again finds out.
 */
final class Refusal {
  private static final int FIRST_REFUSAL = 400;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int TIMEOUT = 408;
  private static final int TOO_MANY = 429;
  private static final int SERVER = 500;
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Duration retryAfter;
  private final Duration quotaRetryAfter;

  /**
   * @param retryAfter where the server does not say
   * @param quotaRetryAfter where a quota has no room
   */
  Refusal(Duration retryAfter, Duration quotaRetryAfter) {
    this.retryAfter = retryAfter;
    this.quotaRetryAfter = quotaRetryAfter;
  }

  /** When to try again what may well be possible in a moment. */
  Duration soon() {
    return retryAfter;
  }

  Observation of(Plan plan, KubernetesClientException failure) {
    String words = words(failure);
    if (isNoAnswer(failure)) {
      return deferred(plan, failure, retryAfter);
    }
    return switch (failure.getCode()) {
      case UNAUTHORIZED, TIMEOUT, TOO_MANY -> deferred(plan, failure, retryAfter);
      case FORBIDDEN ->
          words.contains("exceeded quota")
              ? deferred(plan, failure, quotaRetryAfter)
              : rejected(plan, words);
      case NOT_FOUND -> rejected(plan, absent(plan, failure, words));
      default ->
          failure.getCode() < SERVER || words.contains("request is too large")
              ? rejected(plan, words)
              : deferred(plan, failure, retryAfter);
    };
  }

  private static Observation rejected(Plan plan, String words) {
    return new Observation.Rejected(plan.order().of(), words);
  }

  private Observation deferred(Plan plan, KubernetesClientException failure, Duration otherwise) {
    Duration asked = asked(failure).orElse(otherwise);
    return new Observation.Deferred(
        plan.order().of(), asked.compareTo(LONGEST) > 0 ? LONGEST : asked, words(failure));
  }

  private static Optional<Duration> asked(KubernetesClientException failure) {
    return Optional.ofNullable(failure.getStatus())
        .map(Status::getDetails)
        .map(StatusDetails::getRetryAfterSeconds)
        .filter(seconds -> seconds > 0)
        .map(Duration::ofSeconds);
  }

  private static String absent(Plan plan, KubernetesClientException failure, String words) {
    boolean namespace =
        Optional.ofNullable(failure.getStatus())
            .map(Status::getDetails)
            .map(StatusDetails::getKind)
            .filter("namespaces"::equals)
            .isPresent();
    return plan.kind() == Kind.JOBSET && !namespace
        ? "this cluster has no JobSets (jobset.x-k8s.io/v1alpha2), which gangs need: install the JobSet controller, https://jobset.sigs.k8s.io"
        : words;
  }

  private static boolean isNoAnswer(KubernetesClientException failure) {
    return failure.getCode() < FIRST_REFUSAL;
  }

  /** The server's own words, without what the client puts around them. */
  static String words(KubernetesClientException failure) {
    Status status = failure.getStatus();
    if (status != null && status.getMessage() != null) {
      return status.getMessage();
    }
    Throwable cause = failure.getCause();
    return isNoAnswer(failure)
        ? "the API server gave no answer: " + (cause == null ? failure : cause).getMessage()
        : String.valueOf(failure.getMessage());
  }
}
