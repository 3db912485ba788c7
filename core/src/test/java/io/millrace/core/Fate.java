package io.millrace.core;

import io.millrace.events.Cause;
import io.millrace.events.TaskId;
import java.util.SplittableRandom;

/**
 * What happens to each attempt, derived from its identity alone: the same in whatever order things
 * happen, so that different orders can be compared.
 *
 * @param seed of the derivation
 * @param failures of a hundred attempts
 */
record Fate(long seed, int failures) {

  private SplittableRandom of(String what, TaskId task) {
    long hash = seed;
    String text = what + " " + task;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return new SplittableRandom(hash);
  }

  /** Why an attempt fails; null when it succeeds. */
  Cause.Kind failure(TaskId task, int attempt) {
    SplittableRandom random = of("end " + attempt, task);
    if (random.nextInt(100) >= failures) {
      return null;
    }
    Cause.Kind[] kinds = {
      Cause.Kind.USER_ERROR, Cause.Kind.OOM_KILLED, Cause.Kind.NODE_LOST, Cause.Kind.EVICTED
    };
    return kinds[random.nextInt(kinds.length)];
  }

  int size(TaskId task) {
    return 1 + of("size", task).nextInt(5);
  }

  int members(TaskId task) {
    return 2 + of("members", task).nextInt(3);
  }

  int way(TaskId task, int ways) {
    return of("way", task).nextInt(ways);
  }

  boolean repeats(TaskId task) {
    return task.iteration() < 4 && of("repeats", task).nextBoolean();
  }
}
