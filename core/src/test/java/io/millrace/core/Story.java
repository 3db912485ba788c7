package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.core.EntityKey.TaskKey;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Command;
import io.millrace.events.Event;
import io.millrace.events.FlowRef;
import io.millrace.events.Frontier;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import io.millrace.events.TaskRanges;
import io.millrace.events.flow.FlowDocuments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A story in the engine's own words: {@code given(flow).start().then(ordered("start"))}. Tasks are
 * named by their id; an attempt other than the one ordered last as {@code task/attempt}.
 */
final class Story {
  private final Recording log;
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Map<String, Order.Launch> launches = new HashMap<>();
  private FlowRef flow;
  private RunId run = RunId.of("run");
  private Decision last = Decision.NOTHING;

  private Story(Recording log) {
    this.log = log;
  }

  static Story given(JsonNode flow) {
    return given(flow, new Recording());
  }

  static Story given(JsonNode flow, Recording log) {
    return new Story(log).define(flow);
  }

  Story define(JsonNode document) {
    flow = FlowDocuments.ref(document);
    return decide(new Command.FlowDefined(flow, document));
  }

  /** From here on the story is about this run. */
  Story run(String id) {
    run = RunId.of(id);
    return this;
  }

  Story start() {
    return start(Map.of());
  }

  Story start(Map<String, JsonNode> parameters) {
    return start(parameters, 0);
  }

  Story start(Map<String, JsonNode> parameters, int priority) {
    return decide(
        new Command.RunStart(
            run, flow, parameters, priority, List.of(), List.of(), null, List.of()));
  }

  Story startFrom(RunId origin, Frontier frontier) {
    return decide(
        new Command.RunStart(
            run, flow, Map.of(), 0, List.of(), List.of(origin), frontier, List.of()));
  }

  Story launched(String task) {
    return decide(new Observation.Launched(attempt(task)));
  }

  Story rejected(String task, String message) {
    return decide(new Observation.Rejected(attempt(task), message));
  }

  Story deferred(String task, Duration retryAfter) {
    return decide(new Observation.Deferred(attempt(task), retryAfter, "quota"));
  }

  Story expired(String task) {
    return decide(new Observation.Expired(attempt(task)));
  }

  Story pending(String task, String reason) {
    return decide(new Observation.Pending(attempt(task), reason, ""));
  }

  Story running(String task) {
    return decide(new Observation.Running(attempt(task), "here"));
  }

  Story succeeded(String task) {
    return succeeded(task, Outcome.SUCCESS);
  }

  Story succeeded(String task, Outcome outcome) {
    return decide(new Observation.Succeeded(attempt(task), outcome));
  }

  Story failed(String task) {
    return failed(task, Cause.userError(1, "exit code 1"));
  }

  Story failed(String task, Cause cause) {
    return decide(new Observation.Failed(attempt(task), cause));
  }

  Story failed(String task, Cause.Kind kind) {
    return failed(task, Cause.of(kind, kind.toString()));
  }

  Story cancel() {
    return decide(new Command.RunCancel(run, "enough"));
  }

  Story suspend() {
    return decide(new Command.RunSuspend(run));
  }

  Story resume() {
    return decide(new Command.RunResume(run));
  }

  Story archived() {
    return decide(new Command.RunArchived(run));
  }

  Story limit(int maxParallelTasks) {
    return decide(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, maxParallelTasks));
  }

  /** Lets time pass; what follows from timers is what the next {@link #then} looks at. */
  Story after(Duration time) {
    List<Decision> decisions = log.pass(time);
    decisions.forEach(this::note);
    last = Decision.all(decisions);
    return this;
  }

  /** From here on the story looks at what followed elsewhere. */
  void look(Decision decision) {
    note(decision);
    last = decision;
  }

  Story decide(Command command) {
    last = log.decide(command);
    note(last);
    return this;
  }

  private void note(Decision decision) {
    for (Order order : decision.orders()) {
      if (order instanceof Order.Launch launch) {
        attempts.put(launch.of().run() + "/" + launch.of().task(), launch.of().attempt());
        launches.put(launch.of().run() + "/" + launch.of().task(), launch);
      }
    }
  }

  private AttemptId attempt(String task) {
    return task.indexOf('/') >= 0
        ? AttemptId.parse(run + "/" + task)
        : new AttemptId(run, TaskId.parse(task), attempts.getOrDefault(run + "/" + task, 0));
  }

  static String ordered(String attempt) {
    return "order " + full(attempt);
  }

  static String stopped(String attempt) {
    return "cancel " + full(attempt);
  }

  private static String full(String attempt) {
    return attempt.indexOf('/') >= 0 ? attempt : attempt + "/0";
  }

  /** Exactly these orders followed from the last command, in this order, for whichever run. */
  Story then(String... orders) {
    assertThat(orders()).containsExactly(orders);
    return this;
  }

  List<String> orders() {
    var texts = new ArrayList<String>();
    for (Order order : last.orders()) {
      String attempt = order.of().task() + "/" + order.of().attempt();
      String prefix = order.of().run().equals(run) ? "" : order.of().run() + ":";
      texts.add(
          switch (order) {
            case Order.Launch launch -> prefix + "order " + attempt;
            case Order.Cancel cancel -> prefix + "cancel " + attempt;
          });
    }
    return texts;
  }

  /** Nothing at all followed from the last command. */
  Story thenNothing() {
    assertThat(last.changes()).isEmpty();
    assertThat(last.events()).isEmpty();
    assertThat(last.messages()).isEmpty();
    return then();
  }

  /** These events followed from the last command. */
  Story thenTold(String... types) {
    assertThat(last.events().stream().map(Event::type).map(t -> t.replace("io.millrace.", "")))
        .containsExactly(types);
    return this;
  }

  /** The order of a task last given has these inputs. */
  Story thenInputs(String task, String... inputs) {
    assertThat(TaskRanges.expand(launch(task).inputs())).containsExactly(inputs);
    return this;
  }

  Story thenStands(RunState.Result result) {
    assertThat(state()).isInstanceOf(RunState.Ended.class);
    assertThat(((RunState.Ended) state()).result()).isEqualTo(result);
    return this;
  }

  Story thenStands(Class<? extends RunState> type) {
    assertThat(state()).isInstanceOf(type);
    return this;
  }

  Story thenStands(String task, Class<? extends AttemptState> type) {
    assertThat(task(task).state()).isInstanceOf(type);
    return this;
  }

  /** What the state holds, as the bytes of a checkpoint. */
  Map<String, String> checkpoint() {
    return Checkpoint.of(log.state());
  }

  RunState state() {
    return ((Entity.Status) log.state().get(new StatusKey(run))).state();
  }

  Entity.Task task(String id) {
    return (Entity.Task) log.state().get(new TaskKey(run, TaskId.parse(id)));
  }

  Entity.Progress progress(String step) {
    return (Entity.Progress) log.state().get(EntityKey.parse("progress/" + run + "/" + step));
  }

  Order.Launch launch(String task) {
    return launches.get(run + "/" + task);
  }

  Decision last() {
    return last;
  }

  Recording log() {
    return log;
  }

  /** How far the story's run came, for a run that goes on from it. */
  Frontier frontier() {
    return Resumption.frontier(
        log.state().runs().keysOf(run).stream().map(log.state()::get).toList());
  }

  /** The bytes of the last command's orders. */
  List<String> orderBytes() {
    return last.orders().stream().map(Json::text).toList();
  }
}
