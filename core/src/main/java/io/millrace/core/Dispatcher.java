package io.millrace.core;

import io.millrace.core.EntityKey.FanKey;
import io.millrace.core.EntityKey.TaskKey;
import io.millrace.core.RunIndex.Ready;
import io.millrace.core.Turns.Turn;
import io.millrace.core.graph.FlowGraph;
import java.util.List;

/** Chooses what is launched next, fairly over runs and within every limit. */
final class Dispatcher {
  private Dispatcher() {}

  /**
   * One launch.
   *
   * @param n how many launches have followed this command before
   * @return {@link Decision#NOTHING} when nothing can be launched
   */
  static Decision next(State state, Moment moment, int n) {
    Turn turn = state.nextTurn();
    if (turn == null) {
      return Decision.NOTHING;
    }
    var draft = new Draft(state, moment);
    Ready ready = state.runs().firstReady(turn.run());
    draft.put(draft.status(turn.run()).served(moment.turn(n)));
    if (ready.key() instanceof FanKey fanKey) {
      begin(draft, draft.get(fanKey, Entity.Fan.class), moment.turn(n));
    } else {
      Entity.Task task = draft.get((TaskKey) ready.key(), Entity.Task.class);
      AttemptRules.order(draft, task, (AttemptState.Waiting) task.state());
    }
    return draft.decision();
  }

  private static void begin(Draft draft, Entity.Fan fan, long seq) {
    Entity.Run run = draft.run(fan.run());
    FlowGraph graph = draft.graph(run);
    Entity.Task task =
        Entity.Task.first(
            fan.run(), FlowRules.branch(graph, fan), seq, List.of(fan.source().toString()), 0);
    draft.put(fan.launched());
    AttemptRules.order(draft, task, new AttemptState.Waiting());
  }
}
