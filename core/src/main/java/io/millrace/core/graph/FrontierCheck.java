package io.millrace.core.graph;

import io.millrace.events.Frontier;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.TaskRanges;
import io.millrace.events.flow.FlowDocument.End;
import io.millrace.events.flow.FlowDocument.Foreach;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Whether a run can go on from a frontier: everything that it names exists in the flow, and each
 * branch of what is open is either still on its way or has arrived, never both and never neither.
 * Otherwise the run would wait forever for a branch that nobody runs.
 */
public final class FrontierCheck {
  private static final int MOST_REPETITIONS = 1_000_000;
  private static final Pattern WORKER = Pattern.compile("-worker-\\d{1,9}$");

  private final FlowGraph graph;
  private final Frontier frontier;
  private final Map<Open, Set<Integer>> onTheirWay = new LinkedHashMap<>();
  private final Map<Open, BitSet> arrived = new HashMap<>();
  private final Map<Open, Frontier.Fan> fans = new HashMap<>();
  private int roots;

  /** A split, foreach or gang between its opening and its join: by its opener's task. */
  private record Open(Frame frame, List<Integer> path) {}

  private FrontierCheck(FlowGraph graph, Frontier frontier) {
    this.graph = graph;
    this.frontier = frontier;
  }

  /** What is wrong with a frontier; empty when a run can go on from it. */
  public static Optional<String> problem(FlowGraph graph, Frontier frontier) {
    try {
      new FrontierCheck(graph, frontier).check();
      return Optional.empty();
    } catch (Unfit unfit) {
      return Optional.of(unfit.getMessage());
    }
  }

  private static final class Unfit extends RuntimeException {
    Unfit(String message) {
      super(message);
    }
  }

  private static void expect(boolean fits, String message, Object... of) {
    if (!fits) {
      throw new Unfit(message.formatted(of));
    }
  }

  private void check() {
    frontier.fans().forEach(this::fan);
    frontier.joins().forEach(this::join);
    var waiting = new HashSet<TaskId>();
    for (Frontier.Waiting task : frontier.waiting()) {
      waiting(task);
      expect(waiting.add(task.task()), "task %s waits twice", task.task());
    }
    onTheirWay.forEach(this::complete);
    boolean over = frontier.done().stream().map(TaskId::step).anyMatch(this::isLast);
    expect(roots == (over ? 0 : 1), "nothing is left to run, or more than one run is");
    done(waiting);
  }

  private boolean isLast(StepName step) {
    return graph.has(step) && graph.step(step).next() instanceof End;
  }

  private void task(TaskId task) {
    expect(graph.has(task.step()), "the flow has no step '%s'", task.step());
    int depth = graph.depth(task.step());
    expect(
        task.path().size() == depth,
        "task %s does not lie in %d foreaches, as its step does",
        task,
        depth);
    boolean repeats = graph.step(task.step()).next().targets().contains(task.step());
    expect(task.iteration() <= (repeats ? MOST_REPETITIONS : 0), "task %s repeats too often", task);
  }

  private void waiting(Frontier.Waiting waiting) {
    task(waiting.task());
    List<Frame> scope = graph.scope(waiting.task().step());
    boolean gang = !scope.isEmpty() && scope.getLast().kind() == Frame.Kind.GANG;
    int size = waiting.gang();
    expect(
        gang ? size >= 2 && size <= Frontier.Fan.WIDEST : size == 0,
        "task %s has a gang of %d",
        waiting.task(),
        size);
    for (String input : waiting.inputs()) {
      StepName step = stepOf(input);
      expect(step != null && graph.has(step), "'%s' is no task of the flow", input);
    }
    expect(
        place(scope, waiting.task().path()), "two tasks run in the branch of %s", waiting.task());
  }

  private static StepName stepOf(String input) {
    try {
      return TaskId.parse(WORKER.matcher(TaskRanges.first(input)).replaceFirst("")).step();
    } catch (IllegalArgumentException unreadable) {
      return null;
    }
  }

  /** Notes something that runs; whether it is alone in its branch. */
  private boolean place(List<Frame> scope, List<Integer> path) {
    if (scope.isEmpty()) {
      roots++;
      return roots == 1;
    }
    Frame frame = scope.getLast();
    boolean foreach = frame.kind() == Frame.Kind.FOREACH;
    List<Integer> outer = foreach ? path.subList(0, path.size() - 1) : path;
    Set<Integer> branches = open(frame, scope.subList(0, scope.size() - 1), outer);
    return branches.add(foreach ? path.getLast() : Integer.valueOf(frame.branch()));
  }

  private Set<Integer> open(Frame frame, List<Frame> scope, List<Integer> path) {
    var open = new Open(new Frame(frame.opener(), frame.kind(), 0), path);
    Set<Integer> branches = onTheirWay.get(open);
    if (branches == null) {
      branches = new TreeSet<>();
      onTheirWay.put(open, branches);
      expect(place(scope, path), "two tasks run in the branch of '%s'", frame.opener());
    }
    return branches;
  }

  private void fan(Frontier.Fan fan) {
    task(fan.source());
    StepName step = fan.source().step();
    expect(graph.step(step).next() instanceof Foreach, "step '%s' opens no foreach", step);
    expect(
        fan.size() >= 1
            && fan.size() <= Frontier.Fan.WIDEST
            && fan.next() >= 0
            && fan.next() <= fan.size(),
        "the foreach of %s has begun %d of %d branches",
        fan.source(),
        fan.next(),
        fan.size());
    var frame = new Frame(step, Frame.Kind.FOREACH, 0);
    var bits = new BitSet();
    var numbers = new HashSet<Integer>();
    for (Frontier.Chunk chunk : fan.chunks()) {
      int from = chunk.number() * Frontier.Chunk.SIZE;
      expect(
          chunk.number() >= 0
              && chunk.number() < Frontier.Fan.WIDEST / Frontier.Chunk.SIZE + 1
              && from < fan.size()
              && numbers.add(chunk.number()),
          "the foreach of %s has no chunk %d",
          fan.source(),
          chunk.number());
      BitSet here = BitSet.valueOf(chunk.arrived());
      expect(
          here.length() <= Math.min(Frontier.Chunk.SIZE, fan.next() - from),
          "the foreach of %s has arrivals of branches that have not begun",
          fan.source());
      here.stream().forEach(bit -> bits.set(from + bit));
      chunk.exceptions().forEach((index, last) -> exception(fan, bits, index, last));
    }
    var open = new Open(frame, fan.source().path());
    arrived.put(open, bits);
    expect(fans.put(open, fan) == null, "the foreach of %s is there twice", fan.source());
    open(frame, graph.scope(step), fan.source().path());
  }

  private void exception(Frontier.Fan fan, BitSet bits, int index, TaskId last) {
    task(last);
    List<Integer> path = last.path();
    expect(
        index >= 0
            && bits.get(index)
            && leadsToJoin(last, fan.source().step())
            && path.getLast() == index
            && path.subList(0, path.size() - 1).equals(fan.source().path()),
        "branch %d of the foreach of %s did not end with %s",
        index,
        fan.source(),
        last);
  }

  private boolean leadsToJoin(TaskId last, StepName opener) {
    List<Frame> scope = graph.scope(last.step());
    return !scope.isEmpty()
        && scope.getLast().opener().equals(opener)
        && graph.step(last.step()).next().targets().contains(graph.joinOf(opener));
  }

  private void join(Frontier.Join join) {
    task(join.task());
    StepName step = join.task().step();
    expect(
        graph.step(step).join() && graph.closes(step) == FlowGraph.Closes.SPLIT,
        "step '%s' joins no split",
        step);
    StepName opener = graph.openerOf(step);
    var bits = new BitSet();
    join.arrived()
        .forEach(
            (branch, last) -> {
              task(last);
              expect(
                  leadsToJoin(last, opener)
                      && last.path().equals(join.task().path())
                      && graph.branchOf(last.step()) == branch,
                  "branch %d of '%s' did not end with %s",
                  branch,
                  opener,
                  last);
              bits.set(branch);
            });
    var frame = new Frame(opener, Frame.Kind.SPLIT, 0);
    expect(
        arrived.put(new Open(frame, join.task().path()), bits) == null,
        "join %s is there twice",
        join.task());
    open(frame, graph.scope(opener), join.task().path());
  }

  /** Each branch that has begun is on its way or has arrived; one at least has not arrived. */
  private void complete(Open open, Set<Integer> branches) {
    BitSet here = arrived.getOrDefault(open, new BitSet());
    StepName opener = open.frame().opener();
    for (int branch : branches) {
      expect(!here.get(branch), "branch %d of '%s' runs and has arrived", branch, opener);
    }
    int size = graph.step(opener).next().targets().size();
    int begun = size;
    if (open.frame().kind() == Frame.Kind.FOREACH) {
      Frontier.Fan fan = fans.get(open);
      expect(fan != null, "tasks run inside the foreach of '%s', which is not open", opener);
      size = fan.size();
      begun = fan.next();
      for (int branch : branches) {
        expect(branch < begun, "branch %d of '%s' runs and has not begun", branch, opener);
      }
    }
    expect(
        branches.size() + here.cardinality() == begun && here.cardinality() < size,
        "of %d branches of '%s' %d run and %d have arrived",
        begun,
        opener,
        branches.size(),
        here.cardinality());
  }

  /** What is done must not come once more: the run would not go on after it. */
  private void done(Set<TaskId> waiting) {
    Set<StepName> ahead = ahead();
    var least = new HashMap<StepName, Integer>();
    waiting.forEach(task -> least.merge(task.step(), task.iteration(), Math::min));
    var seen = new HashSet<StepName>();
    for (TaskId task : frontier.done()) {
      task(task);
      expect(task.path().isEmpty(), "task %s is done inside a foreach", task);
      expect(seen.add(task.step()), "step '%s' is done twice", task.step());
      int next = least.getOrDefault(task.step(), Integer.MAX_VALUE);
      boolean again = next <= task.iteration();
      expect(!ahead.contains(task.step()) && !again, "task %s is done and is to run yet", task);
    }
  }

  private Set<StepName> ahead() {
    var ahead = new HashSet<StepName>();
    var queue = new ArrayDeque<StepName>();
    frontier.waiting().forEach(waiting -> queue.add(waiting.task().step()));
    frontier.fans().forEach(fan -> queue.add(fan.source().step()));
    while (!queue.isEmpty()) {
      StepName step = queue.remove();
      for (StepName target : graph.step(step).next().targets()) {
        if (!target.equals(step) && ahead.add(target)) {
          queue.add(target);
        }
      }
    }
    return ahead;
  }
}
