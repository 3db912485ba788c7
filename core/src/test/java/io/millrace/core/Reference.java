package io.millrace.core;

import io.millrace.events.Cause;
import io.millrace.events.Cause.Budget;
import io.millrace.events.Outcome;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A run as a naive program evaluates it: recursion over the tree, plain lists, one at a time. */
final class Reference {
  private final RandomFlow flow;
  private final Fate fate;
  private final Map<TaskId, List<String>> inputs = new HashMap<>();
  private final Set<String> attempts = new HashSet<>();
  private final Map<TaskId, Outcome> outcomes = new HashMap<>();
  private boolean failed;

  Reference(RandomFlow flow, Fate fate) {
    this.flow = flow;
    this.fate = fate;
    sequence(flow.parts(), 0, List.of(), List.of(), null);
  }

  /** Each task that can come about: its inputs. */
  Map<TaskId, List<String>> inputs() {
    return inputs;
  }

  /** Each attempt that can come about, as {@code task/attempt}. */
  Set<String> attempts() {
    return attempts;
  }

  /** What a task says when it succeeds. */
  Outcome outcome(TaskId task) {
    return outcomes.getOrDefault(task, Outcome.SUCCESS);
  }

  boolean failed() {
    return failed;
  }

  /** Evaluates and returns the ids of the last task, or null when it is not reached. */
  private List<String> sequence(
      List<RandomFlow.Part> parts,
      int index,
      List<Integer> path,
      List<String> parents,
      RandomFlow.Step done) {
    if (index == parts.size()) {
      return parents;
    }
    RandomFlow.Part part = parts.get(index);
    if (part.step() != done && !task(id(part.step(), path), part.step(), parents)) {
      return null;
    }
    TaskId opener = id(part.step(), path);
    List<String> self = List.of(opener.toString());
    RandomFlow.Step join = null;
    List<String> last;
    switch (part) {
      case RandomFlow.Single single -> last = self;
      case RandomFlow.Split split -> {
        var lasts = new ArrayList<List<String>>();
        for (List<RandomFlow.Part> branch : split.branches()) {
          lasts.add(sequence(branch, 0, path, self, null));
        }
        join = split.join();
        last = joined(lasts, join, path);
      }
      case RandomFlow.Each each -> {
        int size =
            each.size() < 0
                ? RandomFlow.PARAMETER
                : each.size() == 0 ? fate.size(opener) : each.size();
        outcomes.put(opener, Outcome.splitting(size));
        var lasts = new ArrayList<List<String>>();
        for (int i = 0; i < size; i++) {
          var inner = new ArrayList<>(path);
          inner.add(i);
          lasts.add(sequence(each.body(), 0, inner, self, null));
        }
        join = each.join();
        last = joined(lasts, join, path);
      }
      case RandomFlow.Choice choice -> {
        List<RandomFlow.Part> way = choice.ways().get(fate.way(opener, choice.ways().size()));
        last = sequence(way, 0, path, self, null);
        String target = way.isEmpty() ? flow.follower(part.step()) : way.getFirst().step().name();
        outcomes.put(opener, Outcome.taking(StepName.of(target)));
      }
      case RandomFlow.Repeat repeat -> {
        TaskId pass = opener;
        boolean good = true;
        while (good && fate.repeats(pass)) {
          outcomes.put(pass, Outcome.taking(pass.step()));
          good = task(pass.repeated(), repeat.step(), List.of(pass.toString()));
          pass = pass.repeated();
        }
        outcomes.put(pass, Outcome.taking(StepName.of(flow.follower(part.step()))));
        last = good ? List.of(pass.toString()) : null;
      }
      case RandomFlow.Gang gang -> {
        int size = gang.size() > 0 ? gang.size() : fate.members(opener);
        outcomes.put(opener, Outcome.gang(size));
        TaskId member = id(gang.member(), path);
        boolean good = task(member, gang.member(), self);
        var all = new ArrayList<String>();
        all.add(member.toString());
        for (int i = 0; i < size - 1; i++) {
          all.add(member + "-worker-" + i);
        }
        join = gang.join();
        last = good && task(id(join, path), join, all) ? List.of(id(join, path).toString()) : null;
      }
    }
    return last == null ? null : sequence(parts, index + 1, path, last, join);
  }

  private List<String> joined(List<List<String>> lasts, RandomFlow.Step join, List<Integer> path) {
    var all = new ArrayList<String>();
    for (List<String> last : lasts) {
      if (last == null) {
        return null;
      }
      all.addAll(last);
    }
    return task(id(join, path), join, all) ? List.of(id(join, path).toString()) : null;
  }

  private static TaskId id(RandomFlow.Step step, List<Integer> path) {
    return new TaskId(StepName.of(step.name()), path, 0);
  }

  /** Whether a task succeeds in the end. */
  private boolean task(TaskId id, RandomFlow.Step step, List<String> from) {
    inputs.put(id, from);
    int user = step.user();
    int infrastructure = step.infrastructure();
    int fallbacks = step.fallback() ? 1 : 0;
    boolean fallback = false;
    for (int attempt = 0; ; attempt++) {
      attempts.add(id + "/" + attempt);
      Cause.Kind failure = fate.failure(id, attempt);
      if (failure == null) {
        return true;
      } else if (!fallback && failure.budget() == Budget.USER && user > 0) {
        user--;
      } else if (!fallback && failure.budget() == Budget.INFRASTRUCTURE && infrastructure > 0) {
        infrastructure--;
      } else if (fallbacks > 0) {
        fallbacks--;
        fallback = true;
      } else {
        failed = true;
        return false;
      }
    }
  }
}
