package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.events.flow.Kubernetes.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Deletes what nothing else does: objects of stopped attempts, whose names no late order can want
 * any more, and bare pods whose time is over. Jobs and JobSets that ended have a TTL of their own.
 */
final class Sweeper {
  private static final Logger LOG = Logger.getLogger(Sweeper.class);

  private final ObjectsApi api;
  private final Duration tombstonesKept;

  Sweeper(ObjectsApi api, Duration tombstonesKept) {
    this.api = api;
    this.tombstonesKept = tombstonesKept;
  }

  void sweep(ClusterCache cache, Instant now) {
    for (HasMetadata object : cache.holders()) {
      if (isOld(object, now)) {
        try {
          delete(object);
        } catch (RuntimeException failed) {
          LOG.warnf(
              "object=%s is swept later: %s", object.getMetadata().getName(), failed.getMessage());
        }
      }
    }
  }

  boolean isOld(HasMetadata object, Instant now) {
    Optional<Stop> stop = Stop.of(object);
    if (stop.isPresent()) {
      return now.isAfter(stop.get().at().plus(tombstonesKept));
    }
    return object instanceof Pod pod
        && end(pod).flatMap(end -> ttl(pod).map(end::plus)).filter(now::isAfter).isPresent();
  }

  private static Optional<Instant> end(Pod pod) {
    return pod.getStatus() == null
        ? Optional.empty()
        : PodVerdict.main(pod)
            .filter(main -> main.getState() != null && main.getState().getTerminated() != null)
            .flatMap(main -> PodVerdict.instant(main.getState().getTerminated().getFinishedAt()));
  }

  private static Optional<Duration> ttl(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return annotations == null
        ? Optional.empty()
        : Optional.ofNullable(annotations.get(Marks.TTL))
            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private void delete(HasMetadata object) {
    Kind kind = Holder.of(object).kind();
    if (object instanceof Pod pod && pod.getMetadata().getFinalizers().contains(Marks.OBSERVED)) {
      api.release(pod);
    }
    api.delete(kind, object.getMetadata().getNamespace(), object.getMetadata().getName());
  }
}
