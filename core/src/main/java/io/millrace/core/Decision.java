package io.millrace.core;

import io.millrace.events.Command;
import io.millrace.events.Event;
import io.millrace.events.Order;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What follows from a command.
 *
 * @param changes of the state, at most one a key
 * @param orders to the launcher
 * @param events for the public
 * @param messages commands to entities elsewhere
 * @param requests for runs that start by themselves
 */
public record Decision(
    List<Change> changes,
    List<Order> orders,
    List<Event> events,
    List<Message> messages,
    List<Request> requests) {
  public static final Decision NOTHING =
      new Decision(List.of(), List.of(), List.of(), List.of(), List.of());

  /**
   * A command to an entity that may live in another partition.
   *
   * @param partition where to; -1 for the partition of the key
   * @param key of the record
   * @param command what it says
   */
  public record Message(int partition, String key, Command command) {}

  /**
   * A request for a run, which goes the way of everybody's. Source and id follow from what it is
   * for: made again, it asks for the same run.
   *
   * @param source of the CloudEvent
   * @param id of the CloudEvent
   * @param time of the CloudEvent
   * @param request what is asked for
   */
  public record Request(String source, String id, Instant time, RunRequest request) {
    /** The run that it asks for. */
    public RunId run() {
      return RunId.derived(source, id);
    }
  }

  /** Both, one after the other. */
  Decision and(Decision later) {
    return all(List.of(this, later));
  }

  /** All of them, one after the other. */
  static Decision all(List<Decision> decisions) {
    List<Decision> some = decisions.stream().filter(d -> d != NOTHING).toList();
    if (some.size() < 2) {
      return some.isEmpty() ? NOTHING : some.getFirst();
    }
    var whole =
        new Decision(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    for (Decision decision : some) {
      whole.changes.addAll(decision.changes);
      whole.orders.addAll(decision.orders);
      whole.events.addAll(decision.events);
      whole.messages.addAll(decision.messages);
      whole.requests.addAll(decision.requests);
    }
    return whole;
  }
}
