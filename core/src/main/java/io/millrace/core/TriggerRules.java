package io.millrace.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Entity.Trigger;
import io.millrace.core.Entity.Trigger.Arrived;
import io.millrace.core.EntityKey.HeardKey;
import io.millrace.core.EntityKey.TriggersKey;
import io.millrace.core.schedule.Clockwork;
import io.millrace.events.Command.EventArrived;
import io.millrace.events.Command.TriggersRemoved;
import io.millrace.events.Command.TriggersSet;
import io.millrace.events.Digests;
import io.millrace.events.RunRequest;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.Triggers;
import io.millrace.events.flow.Triggers.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What starts runs by itself. A firing gives a run request whose identity follows from the events,
 * or from the time, that it is for: decided again after a takeover, it asks for the same run. An
 * event that comes again completes nothing twice either: one that is enough by itself gives the
 * same request, and one of several is remembered in {@link Entity.Heard}.
 */
final class TriggerRules {
  private static final String SOURCE = "/millrace/triggers/";

  private TriggerRules() {}

  static void set(Draft draft, TriggersSet set) {
    Trigger before = draft.get(new TriggersKey(set.flow().name()), Trigger.class);
    if (before != null && set.version() <= before.version()) {
      return;
    }
    Triggers triggers = set.triggers();
    if (!isSound(triggers)) {
      removed(draft, new TriggersRemoved(set.flow().name(), set.version()));
      return;
    }
    Triggers old = before == null ? Triggers.NONE : before.triggers();
    boolean sameTimes = before != null && times(old).equals(times(triggers)) && !old.areNone();
    boolean sameEvents = old.events().equals(triggers.events()) && old.match() == triggers.match();
    draft.put(
        new Trigger(
            set.flow().name(),
            set.version(),
            triggers,
            before != null && sameEvents ? before.arrived() : Map.of(),
            sameTimes ? before.next() : next(triggers.schedule(), draft.now())));
  }

  private static List<Triggers.Times> times(Triggers triggers) {
    return triggers.schedule() == null ? List.of() : List.of(triggers.schedule().times());
  }

  /** The intake only sends what can be read; this is for whoever writes commands by hand. */
  private static boolean isSound(Triggers triggers) {
    try {
      if (triggers.schedule() != null) {
        Clockwork.of(triggers.schedule().times());
      }
      if (triggers.reset() != null) {
        Clockwork.of(triggers.reset());
      }
      return !triggers.areNone() && triggers.events().size() <= TriggerEvent.MOST;
    } catch (IllegalArgumentException unreadable) {
      return false;
    }
  }

  private static Instant next(Schedule schedule, Instant after) {
    return schedule == null ? null : Clockwork.of(schedule.times()).next(after).orElse(null);
  }

  /** Its version is remembered, so that an older deployment that comes late does not return. */
  static void removed(Draft draft, TriggersRemoved removed) {
    Trigger before = draft.get(new TriggersKey(removed.flow()), Trigger.class);
    if (before != null && removed.version() > before.version()) {
      draft.put(
          new Trigger(
              removed.flow(),
              removed.version(),
              Triggers.NONE,
              Map.of(),
              draft.now().plus(Entity.Heard.KEPT)));
    }
  }

  /**
   * The schedule's time has come. What was missed while nobody decided is made up for by one run,
   * that of the latest time.
   */
  static void timer(Draft draft, Trigger trigger) {
    Schedule schedule = trigger.triggers().schedule();
    if (schedule == null) {
      draft.delete(trigger.key());
      return;
    }
    Instant due =
        Clockwork.of(schedule.times())
            .last(draft.now())
            .filter(last -> last.isAfter(trigger.next()))
            .orElse(trigger.next());
    var event = new TriggerEvent("schedule", due.toString(), due, TriggerEvent.Type.SCHEDULE);
    request(draft, trigger, "at " + due, schedule.parameters(), List.of(event));
    draft.put(trigger.nextAt(next(schedule, draft.now())));
  }

  static void arrived(Draft draft, EventArrived event) {
    Trigger trigger = draft.get(new TriggersKey(event.flow()), Trigger.class);
    if (trigger == null
        || trigger.triggers().events().stream().noneMatch(on -> on.label().equals(event.on()))) {
      return;
    }
    var came = new Arrived(event.identity(), event.event(), event.parameters(), draft.now());
    if (!trigger.triggers().gathers()) {
      fire(draft, trigger, Map.of(event.on(), came));
      return;
    }
    String heard = Digests.sha256(event.on() + "\n" + event.identity()).substring(0, 32);
    if (draft.get(new HeardKey(event.flow(), heard), Entity.Heard.class) != null) {
      return;
    }
    draft.put(new Entity.Heard(event.flow(), heard, draft.now().plus(Entity.Heard.KEPT)));
    var gathered = new TreeMap<String, Arrived>();
    trigger
        .arrived()
        .forEach(
            (label, earlier) -> {
              if (isFresh(trigger.triggers(), earlier, draft.now())) {
                gathered.put(label, earlier);
              }
            });
    gathered.put(event.on(), came);
    if (gathered.size() < trigger.triggers().events().size()) {
      draft.put(trigger.with(gathered));
    } else {
      fire(draft, trigger, gathered);
      draft.put(trigger.with(Map.of()));
    }
  }

  private static boolean isFresh(Triggers triggers, Arrived earlier, Instant now) {
    if (triggers.window() != null
        && Duration.between(earlier.at(), now).compareTo(triggers.window()) > 0) {
      return false;
    }
    return triggers.reset() == null
        || Clockwork.of(triggers.reset()).next(earlier.at()).filter(t -> !t.isAfter(now)).isEmpty();
  }

  /** In the order of the flow's events: of two that give the same parameter, the later one does. */
  private static void fire(Draft draft, Trigger trigger, Map<String, Arrived> events) {
    var parameters = new TreeMap<String, JsonNode>();
    var triggeredBy = new ArrayList<TriggerEvent>();
    var identity = new StringBuilder("events");
    for (Triggers.On on : trigger.triggers().events()) {
      Arrived event = events.get(on.label());
      if (event != null) {
        parameters.putAll(event.parameters());
        triggeredBy.add(event.event());
        identity.append('\n').append(on.label()).append('\n').append(event.identity());
      }
    }
    request(draft, trigger, Digests.sha256(identity.toString()), parameters, triggeredBy);
  }

  private static void request(
      Draft draft,
      Trigger trigger,
      String id,
      Map<String, JsonNode> parameters,
      List<TriggerEvent> triggeredBy) {
    draft.request(
        new Decision.Request(
            SOURCE + trigger.flow(),
            id,
            draft.now(),
            new RunRequest(trigger.flow(), parameters, null, null, null, triggeredBy)));
  }
}
