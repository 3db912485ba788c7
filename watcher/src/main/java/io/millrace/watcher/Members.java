package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Map;

/** Which member of its attempt a pod is, and how many there are. */
public final class Members {
  private Members() {}

  /** The control is member 0, worker i is member i + 1; a single pod is member 0. */
  public static int index(Pod pod) {
    Map<String, String> labels = pod.getMetadata().getLabels();
    if (labels == null || !Marks.WORKER.equals(labels.get(Marks.REPLICATED_JOB))) {
      return 0;
    }
    return Integer.parseInt(labels.getOrDefault(Marks.JOB_INDEX, "0")) + 1;
  }

  /** How many pods an object's attempt has. */
  public static int count(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(Marks.MEMBERS);
    return text == null ? 1 : Integer.parseInt(text);
  }

  /** Whether a pod has come to its end. */
  public static boolean isOver(Pod pod) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    return "Succeeded".equals(phase) || "Failed".equals(phase);
  }
}
