package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.events.AttemptId;
import java.util.List;

/** Is told of attempts that have ended, while their pods are still there. */
public interface AttemptEnds {
  /** Takes no notice. */
  AttemptEnds UNHEARD = (of, pods) -> {};

  /**
   * An attempt has ended, and its end is durable.
   *
   * @param pods that are still there
   */
  void ended(AttemptId of, List<Pod> pods);
}
