package io.millrace.scheduler.intake;

import io.millrace.core.EntityKey;
import io.millrace.events.Command;
import io.millrace.events.FlowRef;
import io.millrace.events.flow.Triggers;
import io.millrace.scheduler.topics.CommandWriter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Tells the engine what starts runs of flows, and what has come of it. All that concerns one flow
 * goes to one partition, in the order in which it is told.
 */
@ApplicationScoped
public class TriggerCommands {
  private final CommandWriter writer;

  TriggerCommands(CommandWriter writer) {
    this.writer = writer;
  }

  /**
   * What starts runs of a flow that is deployed. Told again, or late, it changes nothing: the
   * version says which deployment is the later one.
   */
  public Uni<Void> set(FlowRef ref, long version, Triggers triggers) {
    return triggers.areNone()
        ? remove(ref.name(), version)
        : append(ref.name(), new Command.TriggersSet(ref, version, triggers));
  }

  /** Nothing starts runs of a flow any more. */
  public Uni<Void> remove(String flow, long version) {
    return append(flow, new Command.TriggersRemoved(flow, version));
  }

  /** An event has come that a flow waits for. */
  public Uni<Void> arrived(Command.EventArrived event) {
    return append(event.flow(), event);
  }

  private Uni<Void> append(String flow, Command command) {
    return writer.append(new EntityKey.TriggersKey(flow).text(), command);
  }
}
