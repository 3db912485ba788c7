package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.millrace.watcher.Seen.Want;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a pod. The step's container decides, as soon as it has ended: not the pod's phase, which
 * waits for sidecars, and not the Job's conditions, which come a second later.
 */
final class PodVerdict {
  private static final Map<String, Want> WAITING =
      Map.of(
          "ErrImagePull", Want.IMAGE,
          "ImagePullBackOff", Want.IMAGE,
          "InvalidImageName", Want.IMAGE,
          "ErrImageNeverPull", Want.IMAGE,
          "ImageInspectError", Want.IMAGE,
          "RegistryUnavailable", Want.IMAGE,
          "CreateContainerConfigError", Want.REFERENCE,
          "CreateContainerError", Want.REFERENCE,
          "RunContainerError", Want.REFERENCE);

  private PodVerdict() {}

  static Seen of(Pod pod) {
    PodStatus status = pod.getStatus();
    if (status == null) {
      return new Seen.Starting();
    }
    Optional<ContainerStatus> main = main(pod);
    ContainerStateTerminated ended =
        main.map(ContainerStatus::getState).map(ContainerState::getTerminated).orElse(null);
    if (ended != null) {
      return ended.getExitCode() == 0 ? PodEnd.well(ended) : PodEnd.badly(pod, Optional.of(ended));
    }
    if ("Succeeded".equals(status.getPhase())) {
      return PodEnd.silently();
    }
    if (Stop.isTombstone(pod)) {
      return PodEnd.gone(pod);
    }
    if ("Failed".equals(status.getPhase()) || isGoneBeforeItRan(pod)) {
      return PodEnd.badly(pod, Optional.empty());
    }
    if (main.map(ContainerStatus::getState).map(ContainerState::getRunning).isPresent()) {
      return new Seen.Running(
          "pod %s on %s".formatted(pod.getMetadata().getName(), pod.getSpec().getNodeName()));
    }
    return waiting(pod);
  }

  /** What a pod that is not there any more came to, by the last that was seen of it. */
  static Seen departed(Pod pod) {
    Seen seen = of(pod);
    return seen instanceof Seen.EndedWell || seen instanceof Seen.EndedBadly
        ? seen
        : PodEnd.gone(pod);
  }

  /** Deleted before it had a node: no kubelet will ever end it, and nothing will start it. */
  private static boolean isGoneBeforeItRan(Pod pod) {
    String node = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
    return pod.getMetadata().getDeletionTimestamp() != null && (node == null || node.isEmpty());
  }

  /** The step's container, by its annotation; the first where there is none. */
  static Optional<ContainerStatus> main(Pod pod) {
    List<ContainerStatus> all = pod.getStatus().getContainerStatuses();
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    String name = annotations == null ? null : annotations.get(Marks.MAIN_CONTAINER);
    return all.stream().filter(one -> name == null || one.getName().equals(name)).findFirst();
  }

  private static Seen waiting(Pod pod) {
    Optional<PodCondition> unscheduled =
        condition(pod, "PodScheduled").filter(one -> "False".equals(one.getStatus()));
    if (unscheduled.isPresent()) {
      PodCondition why = unscheduled.get();
      return new Seen.Waiting(
          text(why.getReason(), "Unschedulable"),
          text(why.getMessage(), "no node was found yet"),
          since(pod, why.getLastTransitionTime()),
          Want.NODE);
    }
    return Stream.concat(
            pod.getStatus().getInitContainerStatuses().stream(),
            pod.getStatus().getContainerStatuses().stream())
        .flatMap(container -> waiting(pod, container).stream())
        .findFirst()
        .orElseGet(Seen.Starting::new);
  }

  private static Optional<Seen> waiting(Pod pod, ContainerStatus container) {
    ContainerStateWaiting why =
        container.getState() == null ? null : container.getState().getWaiting();
    Want what = why == null || why.getReason() == null ? null : WAITING.get(why.getReason());
    return what == null
        ? Optional.empty()
        : Optional.of(
            new Seen.Waiting(
                why.getReason(),
                "container %s: %s".formatted(container.getName(), text(why.getMessage(), "")),
                since(pod, pod.getStatus().getStartTime()),
                what));
  }

  static Optional<PodCondition> condition(Pod pod, String type) {
    return pod.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  private static Instant since(Pod pod, String time) {
    return instant(time)
        .or(() -> instant(pod.getMetadata().getCreationTimestamp()))
        .orElse(Instant.MAX);
  }

  static Optional<Instant> instant(String time) {
    try {
      return time == null ? Optional.empty() : Optional.of(Instant.parse(time));
    } catch (DateTimeParseException foreign) {
      return Optional.empty();
    }
  }

  static String text(String given, String otherwise) {
    return given == null || given.isBlank() ? otherwise : given;
  }
}
