package io.millrace.core;

import io.millrace.events.Command;
import io.millrace.events.Event;
import io.millrace.events.Order;
import java.util.ArrayList;
import java.util.List;

/**
 * What follows from a command.
 *
 * @param changes of the state, at most one a key
 * @param orders to the launcher
 * @param events for the public
 * @param messages commands to entities elsewhere
 */
public record Decision(
    List<Change> changes, List<Order> orders, List<Event> events, List<Message> messages) {
  public static final Decision NOTHING = new Decision(List.of(), List.of(), List.of(), List.of());

  /**
   * A command to an entity that may live in another partition.
   *
   * @param partition where to; -1 for the partition of the key
   * @param key of the record
   * @param command what it says
   */
  public record Message(int partition, String key, Command command) {}

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
        new Decision(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (Decision decision : some) {
      whole.changes.addAll(decision.changes);
      whole.orders.addAll(decision.orders);
      whole.events.addAll(decision.events);
      whole.messages.addAll(decision.messages);
    }
    return whole;
  }
}
