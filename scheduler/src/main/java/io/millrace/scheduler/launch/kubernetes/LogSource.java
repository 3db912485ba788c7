package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.scheduler.launch.LogLine;
import io.millrace.watcher.Marks;
import io.millrace.watcher.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A container whose log can be read.
 *
 * @param namespace of its pod
 * @param pod its name
 * @param uid of the pod
 * @param container its name
 * @param stream what its lines are called
 * @param member of the gang; 0 for a single pod
 */
record LogSource(
    String namespace, String pod, String uid, String container, String stream, int member) {

  /** The containers of a pod that have begun, the step's own last. */
  static List<LogSource> of(Pod pod) {
    if (pod.getStatus() == null) {
      return List.of();
    }
    var all = new ArrayList<ContainerStatus>(pod.getStatus().getInitContainerStatuses());
    all.addAll(pod.getStatus().getContainerStatuses());
    return all.stream()
        .filter(LogSource::hasBegun)
        .map(status -> of(pod, status.getName()))
        .sorted(java.util.Comparator.comparing(source -> source.stream().equals(LogLine.STDOUT)))
        .toList();
  }

  private static LogSource of(Pod pod, String container) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    String main = annotations == null ? null : annotations.get(Marks.MAIN_CONTAINER);
    return new LogSource(
        pod.getMetadata().getNamespace(),
        pod.getMetadata().getName(),
        pod.getMetadata().getUid(),
        container,
        container.equals(main) ? LogLine.STDOUT : container,
        Members.index(pod));
  }

  private static boolean hasBegun(ContainerStatus status) {
    return status.getState() != null
        && (status.getState().getRunning() != null || status.getState().getTerminated() != null);
  }
}
