package io.millrace.core;

import io.millrace.core.EntityKey.FlowKey;
import io.millrace.core.EntityKey.ProgressKey;
import io.millrace.core.EntityKey.RunKey;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.core.EntityKey.TaskKey;
import io.millrace.core.graph.FlowGraph;
import io.millrace.events.Cause;
import io.millrace.events.Command;
import io.millrace.events.Event;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.FlowRef;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A decision while it is made: reads see what it has changed so far, the state stays untouched.
 * Keeps what is derived from tasks (slots, progress) in step with them.
 */
final class Draft {
  private final State state;
  private final Moment moment;
  private final Map<EntityKey, Entity> changes = new LinkedHashMap<>();
  private final List<Order> orders = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Decision.Message> messages = new ArrayList<>();
  private final List<Decision.Request> requests = new ArrayList<>();
  private int sequence;

  Draft(State state, Moment moment) {
    this.state = state;
    this.moment = moment;
  }

  Instant now() {
    return moment.time();
  }

  State state() {
    return state;
  }

  long nextSequence() {
    return moment.sequence(sequence++);
  }

  Decision decision() {
    if (changes.isEmpty()
        && orders.isEmpty()
        && events.isEmpty()
        && messages.isEmpty()
        && requests.isEmpty()) {
      return Decision.NOTHING;
    }
    var list = new ArrayList<Change>(changes.size());
    changes.forEach((key, entity) -> list.add(new Change(key, entity)));
    return new Decision(list, orders, events, messages, requests);
  }

  <E extends Entity> E get(EntityKey key, Class<E> type) {
    return type.cast(changes.containsKey(key) ? changes.get(key) : state.get(key));
  }

  Entity.Run run(RunId id) {
    return get(new RunKey(id), Entity.Run.class);
  }

  Entity.Status status(RunId id) {
    return get(new StatusKey(id), Entity.Status.class);
  }

  Entity.Task task(RunId run, TaskId id) {
    return get(new TaskKey(run, id), Entity.Task.class);
  }

  FlowGraph graph(Entity.Run run) {
    return state.graph(run.flow());
  }

  void put(Entity entity) {
    changes.put(entity.key(), entity);
  }

  void delete(EntityKey key) {
    changes.put(key, null);
  }

  /** Puts a task and follows it up in its run's slots and its step's progress. */
  void putTask(Entity.Task after) {
    Entity.Task before = task(after.run(), after.id());
    put(after);
    follow(before, after, after);
  }

  /** Takes a task that is over out of the state. */
  void dropTask(Entity.Task over) {
    delete(over.key());
  }

  private void follow(Entity.Task before, Entity.Task after, Entity.Task of) {
    int slots = slots(after) - slots(before);
    if (slots != 0) {
      put(status(of.run()).active(slots));
    }
    Entity.Progress progress = progress(of.run(), of.id().step());
    boolean firstOrder = progress.started() == null && slots > 0;
    put(
        new Entity.Progress(
            progress.run(),
            progress.step(),
            progress.total(),
            progress.active() + slots,
            progress.done()
                + is(AttemptState.Done.class, after)
                - is(AttemptState.Done.class, before),
            progress.failed()
                + is(AttemptState.Failed.class, after)
                - is(AttemptState.Failed.class, before),
            progress.retries() + after.attempt() - (before == null ? 0 : before.attempt()),
            firstOrder ? now() : progress.started(),
            now()));
  }

  private static int slots(Entity.Task task) {
    return task != null && task.state().holdsSlot() ? 1 : 0;
  }

  private static int is(Class<? extends AttemptState> type, Entity.Task task) {
    return task != null && type.isInstance(task.state()) ? 1 : 0;
  }

  Entity.Progress progress(RunId run, StepName step) {
    var progress = get(new ProgressKey(run, step), Entity.Progress.class);
    return progress == null ? Entity.Progress.none(run, step) : progress;
  }

  /** More tasks of a step are known to be needed, and some of them are done already. */
  void expect(RunId run, StepName step, int more, int done) {
    Entity.Progress p = progress(run, step);
    put(
        new Entity.Progress(
            run,
            step,
            p.total() + more,
            p.active(),
            p.done() + done,
            p.failed(),
            p.retries(),
            p.started(),
            now()));
  }

  void useFlow(FlowRef ref, int change) {
    Entity.Flow flow = get(new FlowKey(ref), Entity.Flow.class);
    if (flow != null) {
      put(flow.usedBy(change, now()));
    }
  }

  void order(Order order) {
    orders.add(order);
  }

  void send(int partition, String key, Command command) {
    messages.add(new Decision.Message(partition, key, command));
  }

  void request(Decision.Request request) {
    requests.add(request);
  }

  void tell(Event event) {
    events.add(event);
  }

  void tell(Entity.Run run, RunChange change, String message) {
    tell(
        new Event.RunChanged(
            run.id(),
            run.flow(),
            change,
            message,
            change == RunChange.STARTED ? run.parameters() : null));
  }

  void tell(Entity.Task task, TaskChange change, String message, Cause cause, Outcome outcome) {
    tell(
        new Event.TaskChanged(
            task.run(),
            run(task.run()).flow(),
            task.id().step(),
            task.id(),
            task.attempt(),
            change,
            message,
            cause,
            outcome));
  }
}
