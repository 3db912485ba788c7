package io.millrace.core;

import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;

/** Names an entity of a partition's state; its text is the key of the state topic. */
public sealed interface EntityKey extends Comparable<EntityKey> {

  /** The key's text, which {@link #parse} reads. */
  String text();

  @Override
  default int compareTo(EntityKey other) {
    return text().compareTo(other.text());
  }

  /** A key of something that belongs to one run and goes with it. */
  sealed interface OfRun extends EntityKey {
    RunId run();
  }

  record FlowKey(FlowRef ref) implements EntityKey {
    @Override
    public String text() {
      return "flow/" + ref;
    }
  }

  record RunKey(RunId run) implements OfRun {
    @Override
    public String text() {
      return "run/" + run;
    }
  }

  record StatusKey(RunId run) implements OfRun {
    @Override
    public String text() {
      return "status/" + run;
    }
  }

  record TaskKey(RunId run, TaskId task) implements OfRun {
    @Override
    public String text() {
      return "task/" + run + "/" + task;
    }

    /** Among a wide foreach's tasks without their texts, which would be most of a restore. */
    @Override
    public int compareTo(EntityKey other) {
      if (!(other instanceof TaskKey that)) {
        return OfRun.super.compareTo(other);
      }
      int byRun = run.compareTo(that.run);
      return byRun != 0 ? byRun : task.compareTo(that.task);
    }
  }

  record FanKey(RunId run, TaskId source) implements OfRun {
    @Override
    public String text() {
      return "fan/" + run + "/" + source;
    }
  }

  record ChunkKey(RunId run, TaskId source, int number) implements OfRun {
    @Override
    public String text() {
      return "chunk/" + run + "/" + source + "/" + number;
    }
  }

  record JoinKey(RunId run, TaskId task) implements OfRun {
    @Override
    public String text() {
      return "join/" + run + "/" + task;
    }
  }

  record ProgressKey(RunId run, StepName step) implements OfRun {
    @Override
    public String text() {
      return "progress/" + run + "/" + step;
    }
  }

  /** The ledger of a limit that spans partitions; it lives in one of them. */
  record LimitKey(String limit) implements EntityKey {
    @Override
    public String text() {
      return "limit/" + limit;
    }
  }

  /** What this partition holds of a limit. */
  record PermitsKey(String limit) implements EntityKey {
    @Override
    public String text() {
      return "permits/" + limit;
    }
  }

  /** What starts runs of a flow by itself. */
  record TriggersKey(String flow) implements EntityKey {
    @Override
    public String text() {
      return "triggers/" + flow;
    }
  }

  /** An event that a flow has heard of. */
  record HeardKey(String flow, String identity) implements EntityKey {
    @Override
    public String text() {
      return "heard/" + flow + "/" + identity;
    }
  }

  record SettingsKey() implements EntityKey {
    @Override
    public String text() {
      return "settings/";
    }
  }

  /**
   * Reads a key's text.
   *
   * @throws IllegalArgumentException when it is none
   */
  static EntityKey parse(String text) {
    int slash = text.indexOf('/');
    String kind = slash < 0 ? "" : text.substring(0, slash);
    String rest = text.substring(slash + 1);
    String[] parts = rest.split("/", -1);
    return switch (kind + parts.length) {
      case "flow1" -> new FlowKey(FlowRef.parse(rest));
      case "run1" -> new RunKey(RunId.of(rest));
      case "status1" -> new StatusKey(RunId.of(rest));
      case "task2" -> new TaskKey(RunId.of(parts[0]), TaskId.parse(parts[1]));
      case "fan2" -> new FanKey(RunId.of(parts[0]), TaskId.parse(parts[1]));
      case "chunk3" ->
          new ChunkKey(RunId.of(parts[0]), TaskId.parse(parts[1]), Integer.parseInt(parts[2]));
      case "join2" -> new JoinKey(RunId.of(parts[0]), TaskId.parse(parts[1]));
      case "progress2" -> new ProgressKey(RunId.of(parts[0]), StepName.of(parts[1]));
      case "triggers1" -> new TriggersKey(rest);
      case "heard2" -> new HeardKey(parts[0], parts[1]);
      case "settings1" -> new SettingsKey();
      default ->
          switch (kind) {
            case "limit" -> new LimitKey(rest);
            case "permits" -> new PermitsKey(rest);
            default -> throw new IllegalArgumentException("'" + text + "' is no key of an entity");
          };
    };
  }
}
