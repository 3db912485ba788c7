package io.millrace.core;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A random valid flow: a tree of what {@link Reference} evaluates, and the document that says the
 * same to the engine.
 */
final class RandomFlow {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** A stretch of a flow; what follows it is known only where it stands. */
  sealed interface Part {
    Step step();
  }

  /** One step. */
  record Step(String name, int user, int infrastructure, boolean fallback) {}

  record Single(Step step) implements Part {}

  /** The join is the next part's step when that part is fused. */
  record Split(Step step, List<List<Part>> branches, Step join) implements Part {}

  /** A foreach; size 0 when the outcome says it, below 0 when the parameter does. */
  record Each(Step step, int size, List<Part> body, Step join) implements Part {}

  record Choice(Step step, List<List<Part>> ways) implements Part {}

  record Repeat(Step step) implements Part {}

  record Gang(Step step, int size, Step member, Step join) implements Part {}

  static final int PARAMETER = 3;

  private final SplittableRandom random;
  private final List<Part> parts;
  private final ArrayNode steps = JSON.arrayNode();
  private final ObjectNode document = JSON.objectNode();
  private final Map<String, String> followers = new HashMap<>();
  private int names;
  private int budget;

  RandomFlow(SplittableRandom random, String name) {
    this.random = random;
    this.budget = random.nextInt(2, 14);
    this.parts = sequence(0, null, true);
    document.put("name", name);
    document.put("priority", random.nextInt(3));
    ObjectNode over = document.putObject("parameters").putObject("over");
    over.put("type", "integer");
    ObjectNode limits = document.putObject("limits");
    limits.put("maxParallelTasks", random.nextInt(1, 6));
    if (random.nextInt(3) == 0) {
      limits.put("maxParallelTasksOfFlow", random.nextInt(1, 6));
    }
    document.put("start", emit(parts, 0, null, null));
    document.set("steps", steps);
  }

  List<Part> parts() {
    return parts;
  }

  /** The step that follows a switch whose way is empty, or a recursion; null for the end. */
  String follower(Step step) {
    return followers.get(step.name());
  }

  ObjectNode document() {
    return document;
  }

  /** Adds to the document what makes its fate depend on time. */
  void withTimeouts() {
    for (var step : steps) {
      if (random.nextInt(4) == 0) {
        ((ObjectNode) step).put("timeout", "2m");
      }
    }
    if (random.nextInt(4) == 0) {
      ((ObjectNode) document.get("limits")).put("runTimeout", random.nextInt(5, 120) + "m");
    }
  }

  private Step step(boolean plain) {
    budget--;
    return new Step(
        "s" + names++, random.nextInt(3), random.nextInt(3), plain && random.nextInt(4) == 0);
  }

  private List<Part> sequence(int depth, Step fused, boolean outermost) {
    var result = new ArrayList<Part>();
    Step opener = fused;
    int length = random.nextInt(1, 4);
    for (int i = 0; i < length; i++) {
      boolean last = i == length - 1;
      Part part = part(depth, opener, !last || !outermost);
      result.add(part);
      Step join =
          switch (part) {
            case Split split -> split.join();
            case Each each -> each.join();
            case Gang gang -> gang.join();
            case Single single -> null;
            case Choice choice -> null;
            case Repeat repeat -> null;
          };
      opener = !last && random.nextBoolean() ? join : null;
    }
    return result;
  }

  private Part part(int depth, Step fused, boolean followed) {
    int kind = budget <= 0 || depth > 3 ? 0 : random.nextInt(10);
    Step step = fused != null ? fused : step(kind < 2);
    return switch (kind) {
      case 2, 3 -> {
        var branches = new ArrayList<List<Part>>();
        int count = random.nextInt(2, 4);
        for (int i = 0; i < count; i++) {
          branches.add(sequence(depth + 1, null, false));
        }
        yield new Split(step, branches, step(false));
      }
      case 4, 5 ->
          new Each(step, random.nextInt(-1, 4), sequence(depth + 1, null, false), step(false));
      case 6 -> {
        var ways = new ArrayList<List<Part>>();
        int count = random.nextInt(2, 4);
        for (int i = 0; i < count; i++) {
          boolean straight = i == 0 && followed && random.nextBoolean();
          ways.add(straight ? List.of() : sequence(depth + 1, null, !followed));
        }
        yield new Choice(step, ways);
      }
      case 7 -> new Gang(step, random.nextInt(2) * random.nextInt(2, 5), step(false), step(false));
      case 8, 9 -> fused == null && followed ? new Repeat(step) : new Single(step);
      default -> new Single(step);
    };
  }

  /**
   * Writes the parts from the given one on.
   *
   * @param fused the join that the part's step is at the same time; null for none
   * @param next where they lead; null for the run's end
   * @return the first step
   */
  private String emit(List<Part> sequence, int index, Step fused, String next) {
    if (index == sequence.size()) {
      return next;
    }
    Part part = sequence.get(index);
    boolean join = part.step() == fused;
    Step mine =
        switch (part) {
          case Split split -> split.join();
          case Each each -> each.join();
          case Gang gang -> gang.join();
          case Single single -> null;
          case Choice choice -> null;
          case Repeat repeat -> null;
        };
    boolean follows = index + 1 < sequence.size();
    boolean shared = mine != null && follows && sequence.get(index + 1).step() == mine;
    String after = emit(sequence, index + 1, shared ? mine : null, next);
    if (mine != null && !shared) {
      write(mine, true, after == null ? null : JSON.textNode(after));
    }
    followers.put(part.step().name(), after);
    switch (part) {
      case Single single -> write(single.step(), join, after == null ? null : JSON.textNode(after));
      case Split split -> {
        ArrayNode targets = JSON.arrayNode();
        split.branches().forEach(b -> targets.add(emit(b, 0, null, split.join().name())));
        write(split.step(), join, targets);
      }
      case Each each -> {
        ObjectNode foreach = JSON.objectNode();
        foreach.put("foreach", emit(each.body(), 0, null, each.join().name()));
        if (each.size() < 0) {
          foreach.put("parameter", "over");
        }
        for (int i = 0; i < each.size(); i++) {
          foreach.withArray("items").add(i);
        }
        write(each.step(), join, foreach);
      }
      case Choice choice -> {
        ObjectNode targets = JSON.objectNode();
        ArrayNode list = targets.putArray("switch");
        choice.ways().forEach(way -> list.add(way.isEmpty() ? after : emit(way, 0, null, after)));
        write(choice.step(), join, targets);
      }
      case Repeat repeat -> {
        ObjectNode targets = JSON.objectNode();
        targets.putArray("switch").add(repeat.step().name()).add(after);
        write(repeat.step(), join, targets);
      }
      case Gang gang -> {
        ObjectNode target = JSON.objectNode();
        target.put("gang", gang.member().name());
        if (gang.size() > 0) {
          target.put("size", gang.size());
        }
        write(gang.step(), join, target);
        write(gang.member(), false, JSON.textNode(gang.join().name()));
      }
    }
    return part.step().name();
  }

  private void write(Step step, boolean join, JsonNode next) {
    ObjectNode node = steps.addObject();
    node.put("name", step.name());
    node.putObject("container").put("image", "busybox");
    node.putObject("retry").put("user", step.user()).put("infrastructure", step.infrastructure());
    if (step.fallback()) {
      node.putObject("fallback");
    }
    if (join) {
      node.put("join", true);
    }
    if (next != null) {
      node.set("next", next);
    }
  }
}
