package io.millrace.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.EntityKey.ChunkKey;
import io.millrace.core.EntityKey.FanKey;
import io.millrace.core.EntityKey.FlowKey;
import io.millrace.core.EntityKey.HeardKey;
import io.millrace.core.EntityKey.JoinKey;
import io.millrace.core.EntityKey.LimitKey;
import io.millrace.core.EntityKey.PermitsKey;
import io.millrace.core.EntityKey.ProgressKey;
import io.millrace.core.EntityKey.RunKey;
import io.millrace.core.EntityKey.SettingsKey;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.core.EntityKey.TaskKey;
import io.millrace.core.EntityKey.TriggersKey;
import io.millrace.events.FlowRef;
import io.millrace.events.Frontier;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.TriggerEvent;
import io.millrace.events.flow.Triggers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A piece of a partition's state, kept by its key in the state topic. Immutable: the checkpointer
 * holds references while the loop goes on.
 */
public sealed interface Entity {

  EntityKey key();

  /** When the engine has to look at it by itself; null for never. */
  default Instant deadline() {
    return null;
  }

  /**
   * A flow's definition, as long as a run refers to it and a while longer.
   *
   * @param document canonical
   * @param runs that have not been archived
   * @param used when it was last referred to
   */
  record Flow(FlowRef ref, JsonNode document, int runs, Instant used) implements Entity {
    /** Longer than a client may rest on having sent the definition: see the intake. */
    public static final Duration KEPT_UNUSED = Duration.ofHours(1);

    @Override
    public EntityKey key() {
      return new FlowKey(ref);
    }

    @Override
    public Instant deadline() {
      return runs == 0 ? used.plus(KEPT_UNUSED) : null;
    }

    Flow usedBy(int change, Instant now) {
      return new Flow(ref, document, runs + change, now);
    }
  }

  /**
   * What a run was asked to be. Written once; what changes is in {@link Status}.
   *
   * @param origins runs that it goes on from, the nearest first
   * @param maxParallelTasks of this run
   * @param maxParallelTasksOfFlow of all runs of its flow's name; 0 for no bound
   * @param timeoutAt when it is ended; null for never
   * @param triggeredBy the events that it was started for
   */
  record Run(
      RunId id,
      FlowRef flow,
      Map<String, JsonNode> parameters,
      int priority,
      List<String> tags,
      List<RunId> origins,
      int maxParallelTasks,
      int maxParallelTasksOfFlow,
      Instant started,
      Instant timeoutAt,
      List<TriggerEvent> triggeredBy)
      implements Entity {
    public Run {
      // A checkpoint of an older version has none.
      triggeredBy = triggeredBy == null ? List.of() : List.copyOf(triggeredBy);
    }

    @Override
    public EntityKey key() {
      return new RunKey(id);
    }
  }

  /**
   * Where a run stands. It outlives the run's tasks: as long as it is here, the run's id counts as
   * seen.
   *
   * @param active attempts that hold a slot
   * @param served the number of its last launch: who was served longest ago is served next
   * @param deadline the run's time-out while it is open, then when it may be forgotten
   */
  record Status(RunId run, RunState state, int active, long served, Instant deadline)
      implements Entity {
    /** Longer than run requests are accepted after they were published. */
    public static final Duration KEPT_ENDED = Duration.ofDays(8);

    @Override
    public EntityKey key() {
      return new StatusKey(run);
    }

    Status in(RunState next) {
      Instant forget =
          next instanceof RunState.Ended ended ? ended.at().plus(KEPT_ENDED) : deadline;
      return new Status(run, next, active, served, forget);
    }

    Status active(int change) {
      return new Status(run, state, active + change, served, deadline);
    }

    Status served(long turn) {
      return new Status(run, state, active, turn, deadline);
    }
  }

  /**
   * A task in flight, or one outside any foreach that is over.
   *
   * @param seq its place among those that are ready
   * @param inputs its parents, as ranges
   * @param gang its members; 0 for no gang
   * @param attempt the current one
   * @param userFailures paid from the user budget so far
   * @param infrastructureFailures paid from the infrastructure budget so far
   * @param fallbacks fallback attempts begun so far
   * @param started when it was first seen running; null before
   */
  record Task(
      RunId run,
      TaskId id,
      long seq,
      List<String> inputs,
      int gang,
      int attempt,
      int userFailures,
      int infrastructureFailures,
      int fallbacks,
      Instant started,
      AttemptState state)
      implements Entity {

    static Task first(RunId run, TaskId id, long seq, List<String> inputs, int gang) {
      return new Task(run, id, seq, inputs, gang, 0, 0, 0, 0, null, new AttemptState.Waiting());
    }

    @Override
    public EntityKey key() {
      return new TaskKey(run, id);
    }

    @Override
    public Instant deadline() {
      return state.deadline();
    }

    Task in(AttemptState next) {
      return new Task(
          run,
          id,
          seq,
          inputs,
          gang,
          attempt,
          userFailures,
          infrastructureFailures,
          fallbacks,
          started == null && next instanceof AttemptState.Running running
              ? running.since()
              : started,
          next);
    }

    Task retried(int user, int infrastructure, int fallback, AttemptState next) {
      return new Task(
          run,
          id,
          seq,
          inputs,
          gang,
          attempt + 1,
          userFailures + user,
          infrastructureFailures + infrastructure,
          fallbacks + fallback,
          started,
          next);
    }
  }

  /**
   * A foreach between its opening and its join. Its tasks come into being only when they are
   * launched: {@code next} counts them.
   *
   * @param source the task that opened it
   * @param seq its place among what is ready
   * @param size how many branches
   * @param next the lowest index that has not been launched
   * @param arrived how many branches have reached the join
   */
  record Fan(RunId run, TaskId source, long seq, int size, int next, int arrived)
      implements Entity {
    @Override
    public EntityKey key() {
      return new FanKey(run, source);
    }

    boolean hasMore() {
      return next < size;
    }

    Fan launched() {
      return new Fan(run, source, seq, size, next + 1, arrived);
    }

    Fan arrived(int more) {
      return new Fan(run, source, seq, size, next, arrived + more);
    }
  }

  /**
   * Which branches of a stretch of a foreach have reached the join, and from where.
   *
   * @param arrived a bit for each branch, little-endian
   * @param exceptions for branches that came from another step or repetition than usual, by index:
   *     the last task
   */
  record Chunk(
      RunId run, TaskId source, int number, byte[] arrived, Map<Integer, TaskId> exceptions)
      implements Entity {
    /** Branches in a chunk: small enough to be written at every arrival. */
    public static final int SIZE = Frontier.Chunk.SIZE;

    static Chunk empty(RunId run, TaskId source, int number) {
      return new Chunk(run, source, number, new byte[0], Map.of());
    }

    @Override
    public EntityKey key() {
      return new ChunkKey(run, source, number);
    }

    /** Whether a branch, counted from the foreach's first, has reached the join. */
    public boolean has(int index) {
      int bit = index % SIZE;
      return bit / 8 < arrived.length && (arrived[bit / 8] & (1 << (bit % 8))) != 0;
    }

    Chunk with(int index, TaskId exception) {
      int bit = index % SIZE;
      byte[] bits = java.util.Arrays.copyOf(arrived, Math.max(arrived.length, bit / 8 + 1));
      bits[bit / 8] |= (byte) (1 << (bit % 8));
      if (exception == null) {
        return new Chunk(run, source, number, bits, exceptions);
      }
      var more = new TreeMap<>(exceptions);
      more.put(index, exception);
      return new Chunk(run, source, number, bits, more);
    }
  }

  /**
   * A static split's join that some branches have reached.
   *
   * @param task the join's task
   * @param arrived by number of the branch: the task that reached it
   */
  record Join(RunId run, TaskId task, Map<Integer, TaskId> arrived) implements Entity {
    @Override
    public EntityKey key() {
      return new JoinKey(run, task);
    }

    Join with(int branch, TaskId from) {
      var more = new TreeMap<>(arrived);
      more.putIfAbsent(branch, from);
      return new Join(run, task, more);
    }

    List<TaskId> inOrder() {
      return new ArrayList<>(new TreeMap<>(arrived).values());
    }
  }

  /**
   * What people ask about a step of a run.
   *
   * @param total tasks that are known to be needed so far
   * @param active attempts that hold a slot
   * @param done tasks that succeeded
   * @param failed tasks that failed for good
   * @param retries attempts beyond the first of each task
   * @param started when the first of its tasks was ordered; null before
   * @param changed when something last happened to it
   */
  record Progress(
      RunId run,
      StepName step,
      int total,
      int active,
      int done,
      int failed,
      int retries,
      Instant started,
      Instant changed)
      implements Entity {
    @Override
    public EntityKey key() {
      return new ProgressKey(run, step);
    }

    static Progress none(RunId run, StepName step) {
      return new Progress(run, step, 0, 0, 0, 0, 0, null, null);
    }
  }

  /**
   * The ledger of a limit that spans partitions.
   *
   * @param total permits in all
   * @param shares what each partition holds and wants
   */
  record Limit(String name, int total, Map<Integer, Share> shares) implements Entity {
    @Override
    public EntityKey key() {
      return new LimitKey(name);
    }

    /**
     * A partition's part.
     *
     * @param sequence of its latest demand
     * @param version of the latest answer to that
     * @param allowance permits that it may hold; never less than it does hold
     * @param offered what it was last told; less than the allowance while some are called back
     * @param want what it could use
     * @param asked since when it lacks permits, as a place in the ledger's log
     */
    record Share(long sequence, int version, int allowance, int offered, int want, long asked) {
      boolean lacks() {
        return allowance < want;
      }

      Share more(int permits) {
        return new Share(sequence, version, allowance + permits, offered + permits, want, asked);
      }

      Share less(int permits) {
        return new Share(sequence, version, allowance, offered - permits, want, asked);
      }

      Share answered() {
        return new Share(sequence, version + 1, allowance, offered, want, asked);
      }
    }
  }

  /**
   * What this partition holds of a limit that spans partitions.
   *
   * @param total the bound when it was last asked for
   * @param sequence of its latest demand
   * @param version of the latest answer to that
   * @param allowance how many attempts it may have active
   * @param counted what the ledger counts as held here: more than the allowance while some are
   *     called back
   * @param want what it last asked for
   */
  record Permits(
      String limit, int total, long sequence, int version, int allowance, int counted, int want)
      implements Entity {
    @Override
    public EntityKey key() {
      return new PermitsKey(limit);
    }

    static Permits none(String limit) {
      return new Permits(limit, 0, 0, 0, 0, 0, 0);
    }

    Permits demanded(int bound, int held, int wanted) {
      return new Permits(limit, bound, sequence + 1, 0, held, held, wanted);
    }

    Permits granted(int answer, int allowed, int held) {
      return new Permits(limit, total, sequence, answer, allowed, Math.max(counted, held), want);
    }
  }

  /**
   * What starts runs of a flow by itself, and how far that has come.
   *
   * @param flow the flow's name
   * @param version of the deployment that it comes from
   * @param triggers what starts runs; {@link Triggers#NONE} when the flow was withdrawn: its
   *     version is remembered for a while
   * @param arrived the latest of each of several events, by label, while others are waited for
   * @param next when the schedule is next met, or when a withdrawn flow is forgotten; null for
   *     never
   */
  record Trigger(
      String flow, long version, Triggers triggers, Map<String, Arrived> arrived, Instant next)
      implements Entity {
    @Override
    public EntityKey key() {
      return new TriggersKey(flow);
    }

    @Override
    public Instant deadline() {
      return next;
    }

    Trigger with(Map<String, Arrived> now) {
      return new Trigger(flow, version, triggers, now, next);
    }

    Trigger nextAt(Instant time) {
      return new Trigger(flow, version, triggers, arrived, time);
    }

    /**
     * An event that has come.
     *
     * @param identity of the event
     * @param event for who looks at the run
     * @param parameters that it gives the run
     * @param at when it came
     */
    public record Arrived(
        String identity, TriggerEvent event, Map<String, JsonNode> parameters, Instant at) {}
  }

  /**
   * One of several events that a flow waits for has come, whatever became of it: coming again, it
   * has no effect.
   *
   * @param flow the flow's name
   * @param identity of the event and of what it is for the flow
   * @param forgotten when it may be forgotten
   */
  record Heard(String flow, String identity, Instant forgotten) implements Entity {
    /** Longer than events are accepted after they were published. */
    public static final Duration KEPT = Status.KEPT_ENDED;

    @Override
    public EntityKey key() {
      return new HeardKey(flow, identity);
    }

    @Override
    public Instant deadline() {
      return forgotten;
    }
  }

  /**
   * What the engine decides by.
   *
   * @param maxParallelTasks of all runs of all partitions; 0 for no bound
   * @param behaviour the version of the rules
   */
  record Settings(int maxParallelTasks, int behaviour) implements Entity {
    public static final Settings DEFAULT = new Settings(0, 1);

    @Override
    public EntityKey key() {
      return new SettingsKey();
    }
  }
}
