package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;

/**
 * How far a run came: everything that a new run needs to go on where it stopped, without repeating
 * what succeeded.
 *
 * @param done tasks outside any foreach that succeeded
 * @param fans each foreach that has started and not yet been joined
 * @param joins joins that some of their branches have reached
 * @param waiting tasks that are to run: those that failed, were stopped or had not begun
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Frontier(List<TaskId> done, List<Fan> fans, List<Join> joins, List<Waiting> waiting) {

  public Frontier {
    done = done == null ? List.of() : List.copyOf(done);
    fans = fans == null ? List.of() : List.copyOf(fans);
    joins = joins == null ? List.of() : List.copyOf(joins);
    waiting = waiting == null ? List.of() : List.copyOf(waiting);
  }

  /**
   * A foreach.
   *
   * @param source the task that opened it
   * @param size how many branches it has
   * @param next the lowest index that has not begun
   * @param chunks which of its branches have reached the join
   */
  public record Fan(TaskId source, int size, int next, List<Chunk> chunks) {
    /** A foreach wider than this is taken for a mistake. */
    public static final int WIDEST = 1_000_000;

    public Fan {
      Required.field(source, "source");
      chunks = chunks == null ? List.of() : List.copyOf(chunks);
    }
  }

  /**
   * A stretch of a foreach's branches.
   *
   * @param number of the stretch, from 0
   * @param arrived a bit for each branch of the stretch, little-endian
   * @param exceptions for branches that ended elsewhere than usual, by index: the last task
   */
  public record Chunk(int number, byte[] arrived, Map<Integer, TaskId> exceptions) {
    /** Branches in a chunk: small enough to be written at every arrival. */
    public static final int SIZE = 1024;

    public Chunk {
      Required.field(arrived, "arrived");
      arrived = arrived.clone();
      exceptions = exceptions == null ? Map.of() : Map.copyOf(exceptions);
    }

    @Override
    public byte[] arrived() {
      return arrived.clone();
    }
  }

  /**
   * A join of a static split.
   *
   * @param task the join's task
   * @param arrived by number of the branch: the task that reached it
   */
  public record Join(TaskId task, Map<Integer, TaskId> arrived) {
    public Join {
      Required.field(task, "task");
      arrived = arrived == null ? Map.of() : Map.copyOf(arrived);
    }
  }

  /**
   * A task to run.
   *
   * @param task the task
   * @param inputs its inputs, as ranges
   * @param gang the members of its gang; 0 for none
   */
  public record Waiting(TaskId task, List<String> inputs, int gang) {
    public Waiting {
      Required.field(task, "task");
      inputs = inputs == null ? List.of() : List.copyOf(inputs);
    }
  }
}
