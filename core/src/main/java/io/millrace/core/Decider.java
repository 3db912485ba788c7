package io.millrace.core;

import io.millrace.core.EntityKey.SettingsKey;
import io.millrace.events.Command;
import io.millrace.events.Observation;

/**
 * The front door of the rules: what follows from a command in a state. Pure: it reads the state and
 * changes nothing.
 */
public final class Decider {
  /** The version of the rules that this program knows. */
  public static final int BEHAVIOUR = 1;

  /** Name of the setting that bounds the attempts of all runs. */
  public static final String MAX_PARALLEL_TASKS = "max-parallel-tasks";

  private Decider() {}

  /**
   * Decides one command. Launches that it makes possible are not part of the answer: {@link Engine}
   * adds them.
   *
   * @throws UnknownBehaviourException when the log asks for rules that this program does not know
   */
  public static Decision decide(State state, Command command, Moment moment) {
    var draft = new Draft(state, moment);
    switch (command) {
      case Command.FlowDefined defined -> RunRules.define(draft, defined);
      case Command.RunStart start -> RunRules.start(draft, start);
      case Command.RunCancel cancel -> RunRules.cancel(draft, cancel.run(), cancel.reason());
      case Command.RunSuspend suspend -> RunRules.suspend(draft, suspend.run());
      case Command.RunResume resume -> RunRules.resume(draft, resume.run());
      case Command.RunArchived archived -> RunRules.archived(draft, archived.run());
      case Command.TimerFired timer -> fire(draft, timer);
      case Command.SettingChanged setting -> set(draft, setting);
      case Command.BehaviourSet behaviour -> behave(draft, behaviour);
      case Command.PermitsDemanded demand -> PermitRules.demanded(draft, demand);
      case Command.PermitsGranted grant -> PermitRules.granted(draft, grant);
      case Command.TriggersSet set -> TriggerRules.set(draft, set);
      case Command.TriggersRemoved removed -> TriggerRules.removed(draft, removed);
      case Command.EventArrived arrived -> TriggerRules.arrived(draft, arrived);
      // The loop has acted on it; by itself it changes nothing.
      case Command.CommandSkipped skipped -> {}
      case Observation seen -> AttemptRules.observe(draft, seen);
    }
    return draft.decision();
  }

  private static void fire(Draft draft, Command.TimerFired timer) {
    Entity entity = draft.get(EntityKey.parse(timer.entity()), Entity.class);
    if (entity == null || !timer.deadline().equals(entity.deadline())) {
      return;
    }
    switch (entity) {
      case Entity.Task task -> AttemptRules.timer(draft, task);
      case Entity.Status status -> RunRules.timer(draft, status);
      case Entity.Flow flow -> draft.delete(flow.key());
      case Entity.Run run -> {}
      case Entity.Fan fan -> {}
      case Entity.Chunk chunk -> {}
      case Entity.Join join -> {}
      case Entity.Progress progress -> {}
      case Entity.Limit limit -> {}
      case Entity.Permits permits -> {}
      case Entity.Trigger trigger -> TriggerRules.timer(draft, trigger);
      case Entity.Heard heard -> draft.delete(heard.key());
      case Entity.Settings settings -> {}
    }
  }

  private static void set(Draft draft, Command.SettingChanged setting) {
    Entity.Settings now = draft.state().settings();
    if (setting.name().equals(MAX_PARALLEL_TASKS)) {
      int value = Math.clamp(setting.value(), 0, Command.PermitsDemanded.MOST);
      draft.put(new Entity.Settings(value, now.behaviour()));
    }
  }

  private static void behave(Draft draft, Command.BehaviourSet behaviour) {
    if (behaviour.version() > BEHAVIOUR) {
      throw new UnknownBehaviourException(behaviour.version());
    }
    Entity.Settings now = draft.state().settings();
    if (behaviour.version() > now.behaviour()) {
      draft.put(new Entity.Settings(now.maxParallelTasks(), behaviour.version()));
    }
  }

  /** Whether the settings are there already, for who writes them at first. */
  public static boolean hasSettings(State state) {
    return state.get(new SettingsKey()) != null;
  }
}
