package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Outcome;
import io.millrace.events.flow.Kubernetes.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at attempts of which something has changed and tells what follows. What is told depends on
 * what there is and not on which changes led there: changes may be lost, doubled or come late.
 */
final class Cases {
  private static final Logger LOG = Logger.getLogger(Cases.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration LONGEST_LOOK = Duration.ofDays(1);

  private final ObjectsApi api;
  private final Publisher publisher;
  private final AttemptVerdict verdict;
  private final AttemptEnds ends;
  private final SecondCopies copies;
  private final Clock clock;
  private final ExecutorService workers;
  private final ScheduledExecutorService timer;
  private final Map<ObjectKey, Case> cases = new ConcurrentHashMap<>();
  private volatile ClusterCache cache;
  private volatile boolean leading;

  Cases(
      ObjectsApi api,
      Publisher publisher,
      AttemptVerdict verdict,
      AttemptEnds ends,
      SecondCopies copies,
      Clock clock,
      ExecutorService workers,
      ScheduledExecutorService timer) {
    this.api = api;
    this.publisher = publisher;
    this.verdict = verdict;
    this.ends = ends;
    this.copies = copies;
    this.clock = clock;
    this.workers = workers;
    this.timer = timer;
  }

  /** From now on this watcher tells, beginning with all that there is. */
  void lead(ClusterCache all) {
    cache = all;
    leading = true;
    all.all().forEach(this::changed);
  }

  /** Goes on by another view of the same cluster; what only the old one had may be gone. */
  void renew(ClusterCache all) {
    if (leading) {
      cache = all;
      all.all().forEach(this::changed);
      cases.keySet().forEach(this::changed);
    }
  }

  /** From now on another one does. */
  void follow() {
    leading = false;
    cases.clear();
  }

  boolean leads() {
    return leading;
  }

  void departed(ObjectKey key, Pod pod) {
    if (leading) {
      cases.computeIfAbsent(key, unknown -> new Case()).depart(pod);
    }
  }

  void changed(ObjectKey key) {
    if (leading && cases.computeIfAbsent(key, unknown -> new Case()).change()) {
      workers.execute(() -> look(key));
    }
  }

  private void look(ObjectKey key) {
    Case one = cases.get(key);
    while (one != null && one.takeChange()) {
      try {
        if (leading) {
          look(key, one);
        }
      } catch (CancellationException stopped) {
        return;
      } catch (RuntimeException failed) {
        LOG.warnf("object=%s is looked at again: %s", key.text(), failed.getMessage());
        later(key, one, AFTER_FAILURE);
      }
    }
  }

  private void look(ObjectKey key, Case one) {
    Optional<Scene> scene = cache.scene(key, one.departed());
    if (one.isOver() || one.with(scene).isEmpty()) {
      if (scene.isEmpty()) {
        cases.remove(key, one);
      }
      return;
    }
    Scene now = one.with(scene).get();
    switch (verdict.of(now, clock.instant())) {
      case Verdict.Wait wait -> {}
      case Verdict.LookAgain(Instant at) -> lookAgain(key, one, at);
      case Verdict.Tell(Observation observation, Optional<Instant> lookAgain) -> {
        tell(key, one, observation);
        lookAgain.ifPresent(then -> lookAgain(key, one, then));
      }
      case Verdict.Prove(Observation observation) -> {
        if (isProven(key, one, observation)) {
          tell(key, one, better(observation));
        } else {
          later(key, one, AFTER_FAILURE);
        }
      }
      case Verdict.StopIt(Cause cause) -> stop(key, now, cause);
    }
  }

  private void tell(ObjectKey key, Case one, Observation observation) {
    if (!one.isNews(observation)) {
      return;
    }
    publisher.publish(observation);
    one.tell(observation);
    if (one.isOver()) {
      List<Pod> pods = cache.pods(key);
      ends.ended(observation.of(), pods);
      pods.forEach(this::releaseInTime);
    }
  }

  /** Whether the API server has nothing that says otherwise. */
  private boolean isProven(ObjectKey key, Case one, Observation observation) {
    List<Pod> pods = api.pods(key.namespace(), key.name());
    Optional<HasMetadata> holder = Optional.empty();
    for (Kind kind : Kind.values()) {
      holder = holder.or(() -> api.find(kind, key.namespace(), key.name()));
    }
    return Scenes.of(pods, one.departed(), holder, true, List.of())
        .map(scene -> verdict.of(scene, clock.instant()))
        .map(
            fresh -> fresh instanceof Verdict.Prove(Observation again) && again.equals(observation))
        .orElse(true);
  }

  /** What nobody saw the step may have written down itself. */
  private Observation better(Observation observation) {
    return switch (observation) {
      case Observation.Failed(AttemptId of, Cause cause) when cause.kind() == Cause.Kind.LOST ->
          fromCopy(of).orElse(observation);
      case Observation.Succeeded(AttemptId of, Outcome unknown) -> fromCopy(of).orElse(observation);
      default -> observation;
    };
  }

  private Optional<Observation> fromCopy(AttemptId of) {
    return copies.find(of).map(outcome -> new Observation.Succeeded(of, outcome));
  }

  private void stop(ObjectKey key, Scene scene, Cause cause) {
    LOG.infof("attempt=%s is stopped: %s", scene.of(), cause.message());
    scene
        .holder()
        .ifPresent(
            holder ->
                api.stop(
                    holder.kind(), key.namespace(), key.name(), new Stop(cause, clock.instant())));
  }

  private void lookAgain(ObjectKey key, Case one, Instant at) {
    later(key, one, Duration.between(clock.instant(), at));
  }

  private void later(ObjectKey key, Case one, Duration delay) {
    Duration bounded = delay.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : delay;
    one.lookAgain(
        timer.schedule(() -> changed(key), bounded.toMillis() + 1, TimeUnit.MILLISECONDS));
  }

  /** A bare pod's name is held for as long as a copy of its order may come. */
  private void releaseInTime(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    Optional<Instant> notAfter =
        annotations == null
            ? Optional.empty()
            : PodVerdict.instant(annotations.get(Marks.NOT_AFTER));
    if (pod.getMetadata().getFinalizers().contains(Marks.OBSERVED) && notAfter.isPresent()) {
      Duration delay = Duration.between(clock.instant(), notAfter.get());
      timer.schedule(
          () -> workers.execute(() -> release(pod)),
          Math.max(0, delay.toMillis()),
          TimeUnit.MILLISECONDS);
    }
  }

  private void release(Pod pod) {
    try {
      if (leading) {
        api.release(pod);
      }
    } catch (RuntimeException failed) {
      LOG.warnf("pod=%s is released later: %s", pod.getMetadata().getName(), failed.getMessage());
      releaseInTime(pod);
    }
  }
}
