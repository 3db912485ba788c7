package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.EntityKey.ProgressKey;
import io.millrace.events.RunId;
import java.util.HashMap;
import java.util.Map;

/** What the state keeps counted, counted again from its tasks. */
final class Recount {
  private Recount() {}

  static void check(State state) {
    var active = new HashMap<RunId, Integer>();
    var progress = new HashMap<EntityKey, Integer>();
    for (Entity entity : state.entities()) {
      if (entity instanceof Entity.Task task && task.state().holdsSlot()) {
        active.merge(task.run(), 1, Integer::sum);
        progress.merge(new ProgressKey(task.run(), task.id().step()), 1, Integer::sum);
      }
    }
    int all = 0;
    Map<String, Integer> flows = new HashMap<>();
    for (Entity entity : state.entities()) {
      if (entity instanceof Entity.Status status) {
        assertThat(status.active()).isEqualTo(active.getOrDefault(status.run(), 0));
        var run = (Entity.Run) state.get(new EntityKey.RunKey(status.run()));
        flows.merge(run.flow().name(), status.active(), Integer::sum);
        all += status.active();
      } else if (entity instanceof Entity.Progress p) {
        assertThat(p.active()).isEqualTo(progress.getOrDefault(p.key(), 0));
        assertThat(p.done() + p.failed() + p.active()).isLessThanOrEqualTo(p.total());
      }
    }
    assertThat(state.active()).isEqualTo(all);
    flows.forEach((flow, count) -> assertThat(state.runs().active(flow)).isEqualTo(count));
  }

  static void checkLimits(State state, Decision decision, int maxParallel) {
    if (maxParallel > 0) {
      assertThat(state.active()).as("in all").isLessThanOrEqualTo(maxParallel);
    }
    for (Change change : decision.changes()) {
      if (change.entity() instanceof Entity.Status status
          && state.get(new EntityKey.RunKey(status.run())) instanceof Entity.Run run) {
        assertThat(status.active()).as("%s", run.id()).isLessThanOrEqualTo(run.maxParallelTasks());
        if (run.maxParallelTasksOfFlow() > 0) {
          assertThat(state.runs().active(run.flow().name()))
              .as("%s", run.flow())
              .isLessThanOrEqualTo(run.maxParallelTasksOfFlow());
        }
      }
    }
  }
}
