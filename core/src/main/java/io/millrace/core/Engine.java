package io.millrace.core;

import io.millrace.events.Command;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds a command log: decides each command, applies the decision, launches what has become ready.
 * The loop, the audit and the tests all go through here, so they cannot differ.
 */
public final class Engine {
  private final State state;

  /**
   * @param state where to go on; owned by this engine from now on
   */
  public Engine(State state) {
    this.state = state;
  }

  public State state() {
    return state;
  }

  /**
   * Takes one command. When it fails, the state is as it was before.
   *
   * @return everything that followed; of several changes to one entity the last one counts
   */
  public Decision step(Command command, Moment moment) {
    var undo = new ArrayList<List<Change>>();
    try {
      Decision whole = Decider.decide(state, command, moment);
      undo.add(state.apply(whole.changes()));
      whole = whole.and(launches(moment, undo));
      Decision permits = PermitRules.balance(state, moment);
      undo.add(state.apply(permits.changes()));
      return whole.and(permits);
    } catch (RuntimeException failed) {
      undo.reversed().forEach(state::apply);
      throw failed;
    }
  }

  private Decision launches(Moment moment, List<List<Change>> undo) {
    var all = new ArrayList<Decision>();
    Decision next = Dispatcher.next(state, moment, 0);
    while (next != Decision.NOTHING) {
      undo.add(state.apply(next.changes()));
      all.add(next);
      next = Dispatcher.next(state, moment, all.size());
    }
    return Decision.all(all);
  }
}
