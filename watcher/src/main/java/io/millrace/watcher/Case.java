package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.events.Observation;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * What a watcher remembers of one attempt. Its changes are looked at by one thread at a time; many
 * of them may come to one look.
 */
final class Case {
  private final Map<String, Pod> departed = new HashMap<>();
  private Observation told;
  private Scene last;
  private boolean over;
  private boolean changed;
  private boolean beingLookedAt;
  private Future<?> nextLook;

  /**
   * Notes a change.
   *
   * @return whether somebody has to begin to look
   */
  synchronized boolean change() {
    changed = true;
    boolean idle = !beingLookedAt;
    beingLookedAt = true;
    return idle;
  }

  /** Whether there is something to look at; if not, the looking has ended. */
  synchronized boolean takeChange() {
    boolean more = changed;
    changed = false;
    beingLookedAt = more;
    return more;
  }

  /** A pod is gone; it counts until the attempt's end is known. */
  synchronized void depart(Pod pod) {
    if (!over) {
      departed.put(pod.getMetadata().getUid(), pod);
    }
  }

  synchronized Collection<Pod> departed() {
    return List.copyOf(departed.values());
  }

  /** The scene, or, where nothing is left, the one with nothing left. */
  synchronized Optional<Scene> with(Optional<Scene> scene) {
    if (scene.isPresent()) {
      last = scene.get();
      return scene;
    }
    return Optional.ofNullable(last)
        .map(
            known ->
                new Scene(known.of(), known.size(), Optional.empty(), List.of(), Optional.empty()));
  }

  synchronized boolean isNews(Observation observation) {
    return !over && !observation.equals(told);
  }

  synchronized void tell(Observation observation) {
    told = observation;
    if (observation instanceof Observation.Succeeded || observation instanceof Observation.Failed) {
      over = true;
      departed.clear();
      last = null;
    }
  }

  synchronized boolean isOver() {
    return over;
  }

  synchronized void lookAgain(Future<?> later) {
    if (nextLook != null) {
      nextLook.cancel(false);
    }
    nextLook = later;
  }
}
