package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import io.millrace.core.CommandLog.Taken;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.events.AttemptId;
import io.millrace.events.Command;
import io.millrace.events.Event;
import io.millrace.events.Frontier;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One partition with several runs, an executor, timers and people, all acting in an order that
 * chance gives, until every run has ended.
 */
final class World {
  private final SplittableRandom random;
  private final boolean calm;
  private final int maxParallel;
  private final Map<RunId, Plan> plans = new LinkedHashMap<>();
  private final Map<RunId, Set<String>> succeeded = new HashMap<>();
  private final SimulatedExecutor executor;
  private final List<Command> messages = new ArrayList<>();
  private final CommandLog log = new CommandLog(new State(0, 1), Position.START);
  private final List<Taking> takings = new ArrayList<>();
  private Instant now = Recording.BEGIN;
  private SecondOwner second;

  /**
   * @param shape of the flows and of what happens to attempts
   * @param schedule of the order of things
   * @param calm whether nothing depends on time or people
   */
  World(long shape, long schedule, boolean calm) {
    this.calm = calm;
    this.random = new SplittableRandom(schedule);
    var shapes = new SplittableRandom(shape);
    this.maxParallel = shapes.nextInt(3) == 0 ? shapes.nextInt(1, 8) : 0;
    for (Plan plan : Plan.some(shapes, calm)) {
      plans.put(plan.run(), plan);
    }
    this.executor = new SimulatedExecutor(random, this::end, calm ? 5 : 15);
  }

  private Observation end(AttemptId of) {
    Plan plan = plans.get(of.run());
    return SimulatedExecutor.end(
        of, plan.fate().failure(of.task(), of.attempt()), plan.reference());
  }

  /** Lives on until every run has ended. */
  void live() {
    if (maxParallel > 0) {
      decide(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, maxParallel));
    }
    var waiting = new ArrayList<>(plans.values());
    while (!waiting.isEmpty() || !open().isEmpty()) {
      assertThat(takings.size()).as("a world ends").isLessThan(60_000);
      if (!waiting.isEmpty() && (open().isEmpty() || random.nextInt(20) == 0)) {
        start(waiting.removeFirst());
      } else {
        act();
      }
      if (waiting.isEmpty() && open().isEmpty()) {
        waiting.addAll(resumptions());
      }
    }
    if (second != null) {
      second.follow(takings.size());
      assertThat(Checkpoint.of(second.state())).isEqualTo(Checkpoint.of(log.state()));
    }
    Recount.check(log.state());
  }

  private void start(Plan plan) {
    decide(new Command.FlowDefined(plan.ref(), plan.flow().document()));
    Frontier frontier = null;
    List<RunId> origins = List.of();
    if (plan.from() != null) {
      origins = List.of(plan.from());
      frontier =
          Resumption.frontier(
              log.state().runs().keysOf(plan.from()).stream().map(log.state()::get).toList());
    }
    Map<String, JsonNode> parameters = Map.of("over", IntNode.valueOf(RandomFlow.PARAMETER));
    decide(
        new Command.RunStart(
            plan.run(),
            plan.ref(),
            parameters,
            random.nextInt(3),
            List.of(),
            origins,
            frontier,
            List.of()));
  }

  private void act() {
    int dice = random.nextInt(100);
    if (dice < 3 && !takings.isEmpty()) {
      take(takings.get(random.nextInt(takings.size())).value());
    } else if (dice < 6 && due() != null) {
      fire();
    } else if (dice < 8) {
      now = now.plusMillis(random.nextInt(2000));
    } else if (dice < 10 && !calm) {
      interfere();
    } else if (dice < 16) {
      secondOwner();
    } else if (!messages.isEmpty() && dice < 40) {
      deliver();
    } else if (executor.hasUnsaid() && dice < 80) {
      decide(executor.say());
    } else if (executor.hasLive()) {
      executor.endOne();
    } else if (executor.hasUnsaid()) {
      decide(executor.say());
    } else if (!messages.isEmpty()) {
      deliver();
    } else if (suspended() != null && random.nextBoolean()) {
      decide(new Command.RunResume(suspended()));
    } else if (due() != null) {
      fire();
    } else if (suspended() != null) {
      decide(new Command.RunResume(suspended()));
    } else {
      assertThat(log.state().deadlines()).as("runs %s go on", open()).isNotEmpty();
      Instant first = log.state().deadlines().first().at();
      assertThat(first).as("runs go on: %s", stuck()).isBefore(now.plus(Duration.ofDays(7)));
      now = first.isAfter(now) ? first : now;
    }
  }

  private RunId suspended() {
    return open().stream()
        .filter(run -> state(run) instanceof RunState.Suspended)
        .findFirst()
        .orElse(null);
  }

  private boolean ends(RunId run) {
    return log.state().get(new StatusKey(run)) instanceof Entity.Status status
        && status.state().isOver();
  }

  private RunState state(RunId run) {
    return ((Entity.Status) log.state().get(new StatusKey(run))).state();
  }

  private List<String> stuck() {
    return open().stream()
        .flatMap(run -> log.state().runs().keysOf(run).stream())
        .filter(key -> !(key instanceof EntityKey.ProgressKey))
        .map(key -> Checkpoint.text(log.state().get(key)))
        .toList();
  }

  private void deliver() {
    Command message = messages.get(random.nextInt(messages.size()));
    if (random.nextInt(4) > 0) {
      messages.remove(message);
    }
    decide(message);
  }

  private State.Deadline due() {
    var first = log.state().deadlines().stream().findFirst();
    return first.filter(deadline -> !deadline.at().isAfter(now)).orElse(null);
  }

  private void fire() {
    decide(new Command.TimerFired(due().key().text(), due().at()));
  }

  private void interfere() {
    List<RunId> runs = List.copyOf(plans.keySet());
    RunId run = runs.get(random.nextInt(runs.size()));
    int dice = random.nextInt(20);
    boolean over = ends(run) && result(run) == RunState.Result.SUCCEEDED;
    decide(
        dice == 0
            ? over ? new Command.RunArchived(run) : new Command.RunCancel(run, "enough")
            : dice < 8 ? new Command.RunSuspend(run) : new Command.RunResume(run));
  }

  private void secondOwner() {
    if (second == null) {
      int from = takings.isEmpty() ? 0 : random.nextInt(takings.size() + 1);
      second = new SecondOwner(takings, from, random);
    } else {
      second.follow(Math.min(takings.size(), second.next() + random.nextInt(40)));
      second.newOrders().forEach(executor::take);
    }
  }

  private void decide(Command command) {
    take(Json.write(command));
  }

  private void take(byte[] value) {
    long offset = takings.size();
    Taken taken = log.take(offset, now, value);
    Decision decision =
        switch (taken) {
          case Taken.Decided decided -> decided.decision();
          case Taken.Refused refused -> Decision.NOTHING;
        };
    takings.add(new Taking(offset, now, value, decision, Replay.digest(decision), log.position()));
    decision.orders().forEach(executor::take);
    decision.messages().forEach(message -> messages.add(message.command()));
    for (Event event : decision.events()) {
      if (event instanceof Event.TaskChanged task && task.state() == Event.TaskChange.SUCCEEDED) {
        succeeded.computeIfAbsent(task.run(), run -> new HashSet<>()).add(task.task().toString());
      }
    }
    if (offset % 16 == 0) {
      Recount.check(log.state());
    }
    Recount.checkLimits(log.state(), decision, maxParallel);
  }

  private List<RunId> open() {
    return plans.keySet().stream()
        .filter(
            run ->
                log.state().get(new StatusKey(run)) instanceof Entity.Status status
                    && !status.state().isOver())
        .toList();
  }

  /** What did not succeed is taken up again, and nothing fails this time. */
  private List<Plan> resumptions() {
    var again = new ArrayList<Plan>();
    assertThat(plans.size()).as("no run is taken up forever: %s", results()).isLessThan(20);
    for (Plan plan : List.copyOf(plans.values())) {
      RunId next = RunId.of(plan.run() + "-b");
      boolean failed = result(plan.run()) != RunState.Result.SUCCEEDED;
      if (failed && !plans.containsKey(next)) {
        var fate = new Fate(plan.fate().seed(), 0);
        again.add(
            new Plan(
                next, plan.flow(), plan.ref(), fate, new Reference(plan.flow(), fate), plan.run()));
      }
    }
    again.forEach(plan -> plans.put(plan.run(), plan));
    return again;
  }

  private Map<RunId, RunState> results() {
    var results = new LinkedHashMap<RunId, RunState>();
    plans.keySet().forEach(run -> results.put(run, state(run)));
    return results;
  }

  RunState.Result result(RunId run) {
    return ((RunState.Ended) state(run)).result();
  }

  boolean isCalm() {
    return calm;
  }

  Map<RunId, Plan> plans() {
    return plans;
  }

  /** The tasks that succeeded in a run and in those that it goes on from. */
  Set<String> succeeded(RunId run) {
    var all = new HashSet<String>();
    for (RunId at = run; at != null; at = plans.get(at).from()) {
      all.addAll(succeeded.getOrDefault(at, Set.of()));
    }
    return all;
  }

  SimulatedExecutor executor() {
    return executor;
  }

  List<Taking> takings() {
    return takings;
  }

  State state() {
    return log.state();
  }

  long decided() {
    return takings.size() + (second == null ? 0 : second.decided());
  }
}
