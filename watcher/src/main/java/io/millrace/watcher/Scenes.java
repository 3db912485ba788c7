package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.watcher.Scene.Member;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Puts a {@link Scene} together from objects, wherever they were read. */
final class Scenes {
  private Scenes() {}

  /**
   * @param pods that are there
   * @param departed pods that are not, as they were last seen
   * @param holder the attempt's object; empty where that is gone
   * @param idle whether everything that the holder brought about has stopped too
   * @param events FailedCreate of the holder and its like
   * @return empty when nothing says whose they are
   */
  static Optional<Scene> of(
      List<Pod> pods,
      Collection<Pod> departed,
      Optional<? extends HasMetadata> holder,
      boolean idle,
      List<Event> events) {
    List<HasMetadata> all = new ArrayList<>(pods);
    all.addAll(departed);
    holder.ifPresent(all::add);
    Optional<Identity> identity =
        all.stream().flatMap(one -> Identity.of(one).stream()).findFirst();
    if (identity.isEmpty()) {
      return Optional.empty();
    }
    var members = new ArrayList<Member>();
    pods.forEach(pod -> members.add(new Member(Members.index(pod), true, PodVerdict.of(pod))));
    departed.forEach(
        pod -> members.add(new Member(Members.index(pod), false, PodVerdict.departed(pod))));
    return Optional.of(
        new Scene(
            identity.get().of(),
            Members.count(all.getFirst()),
            holder.map(Holder::of).map(one -> idle ? one : one.busy()),
            members,
            notCreated(events)));
  }

  private static Optional<Scene.NotCreated> notCreated(List<Event> events) {
    return events.stream()
        .max(Comparator.comparing(Scenes::last))
        .map(
            event ->
                new Scene.NotCreated(
                    PodVerdict.text(event.getMessage(), "its pod could not be created"),
                    first(event)));
  }

  private static Instant last(Event event) {
    return PodVerdict.instant(event.getLastTimestamp()).orElseGet(() -> first(event));
  }

  private static Instant first(Event event) {
    return PodVerdict.instant(event.getFirstTimestamp())
        .or(() -> PodVerdict.instant(event.getMetadata().getCreationTimestamp()))
        .orElse(Instant.MAX);
  }
}
