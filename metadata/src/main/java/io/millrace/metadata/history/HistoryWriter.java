package io.millrace.metadata.history;

import io.millrace.events.Cause;
import io.millrace.events.Event.RunChanged;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.Event.TaskChanged;
import io.millrace.events.Json;
import io.millrace.events.api.RunView;
import io.millrace.metadata.database.Database;
import io.millrace.metadata.metaflow.Facts;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Writes what events tell, each once: what follows from a stretch of a partition and the position
 * behind it are one transaction, which fails when the position has moved meanwhile. So it makes no
 * difference how often a reader begins again, or that for a moment two read the same partition.
 */
public final class HistoryWriter {
  private final Jdbi jdbi;

  public HistoryWriter(Database database) {
    this.jdbi = database.jdbi();
  }

  /** Where reading goes on, by partition; one that is not in it is read from its beginning. */
  Map<Integer, Long> positions() {
    return jdbi.withHandle(
        handle -> {
          var positions = new HashMap<Integer, Long>();
          handle
              .createQuery("select partition_number, next_offset from event_position")
              .map((row, context) -> positions.put(row.getInt(1), row.getLong(2)))
              .list();
          return positions;
        });
  }

  /**
   * Writes what a stretch of a partition tells.
   *
   * @param from the position that was read before; 0 when there was none
   * @param next the position behind it
   * @throws Superseded when the position is another one by now
   */
  public void write(int partition, long from, long next, List<Happened> events) {
    jdbi.useTransaction(
        handle -> {
          advance(handle, partition, from, next);
          writeRuns(handle, events);
          writeTasks(handle, events);
        });
  }

  private static void advance(Handle handle, int partition, long from, long next) {
    handle
        .createUpdate(
            "insert into event_position (partition_number, next_offset) values (:partition, 0) on conflict do nothing")
        .bind("partition", partition)
        .execute();
    int moved =
        handle
            .createUpdate(
                "update event_position set next_offset = :next where partition_number = :partition and next_offset = :from")
            .bind("partition", partition)
            .bind("from", from)
            .bind("next", next)
            .execute();
    if (moved == 0) {
      throw new Superseded(partition, from);
    }
  }

  /** Of several events of one run only what they lead to is written. */
  private static void writeRuns(Handle handle, List<Happened> events) {
    var changes = new LinkedHashMap<String, RunRow>();
    for (Happened happened : events) {
      if (happened.event() instanceof RunChanged changed) {
        changes.merge(changed.run().value(), RunRow.of(changed, happened.at()), RunRow::followedBy);
      }
    }
    if (changes.isEmpty()) {
      return;
    }
    PreparedBatch insert =
        handle.prepareBatch(
            """
            insert into run_history (run_id, flow, definition, state, started_at, changed_at)
            values (:run, :flow, :definition, :state, :first, :last) on conflict do nothing
            """);
    PreparedBatch update =
        handle.prepareBatch(
            """
            update run_history set state = :state, message = :message, changed_at = :last,
              ended_at = :ended, parameters = coalesce(:parameters, parameters)
            where run_id = :run
            """);
    changes.forEach(
        (run, row) -> {
          insert
              .bind("run", run)
              .bind("flow", row.event().flow().name())
              .bind("definition", row.event().flow().toString())
              .bind("state", row.state().toString())
              .bind("first", row.first())
              .bind("last", row.last())
              .add();
          update
              .bind("run", run)
              .bind("state", row.state().toString())
              .bind("message", row.event().message())
              .bind("last", row.last())
              .bind("ended", row.state().isOver() ? Long.valueOf(row.last()) : null)
              .bind("parameters", row.parameters())
              .add();
        });
    insert.execute();
    update.execute();
  }

  /**
   * What a run's row becomes.
   *
   * @param event the last one
   * @param parameters as JSON; null when the start is not among the events
   */
  private record RunRow(RunChanged event, String parameters, long first, long last) {
    static RunRow of(RunChanged event, long at) {
      String parameters = event.parameters() == null ? null : Json.text(event.parameters());
      return new RunRow(event, parameters, at, at);
    }

    RunRow followedBy(RunRow later) {
      return new RunRow(
          later.event, later.parameters == null ? parameters : later.parameters, first, later.last);
    }

    RunView.State state() {
      return switch (event.state()) {
        case STARTED, RESUMED -> RunView.State.RUNNING;
        case SUSPENDED -> RunView.State.SUSPENDED;
        case SUCCEEDED -> RunView.State.SUCCEEDED;
        case FAILED -> RunView.State.FAILED;
        case CANCELLED -> RunView.State.CANCELLED;
        case TIMED_OUT -> RunView.State.TIMED_OUT;
      };
    }
  }

  private static void writeTasks(Handle handle, List<Happened> events) {
    var changes = new LinkedHashMap<String, TaskRow>();
    for (Happened happened : events) {
      if (happened.event() instanceof TaskChanged changed) {
        var row = new TaskRow(changed, happened.at(), happened.at());
        changes.merge(
            changed.run() + "/" + changed.task(),
            row,
            (before, later) -> new TaskRow(later.event, before.first, later.last));
        if (isFailure(changed.state())) {
          Facts.failed(
              handle,
              changed.run(),
              changed.task(),
              changed.attempt(),
              changed.cause(),
              happened.at());
        }
      }
    }
    if (changes.isEmpty()) {
      return;
    }
    PreparedBatch insert =
        handle.prepareBatch(
            """
            insert into task_history (run_id, task_id, step, attempt, state, started_at, changed_at)
            values (:run, :task, :step, :attempt, :state, :first, :last) on conflict do nothing
            """);
    PreparedBatch update =
        handle.prepareBatch(
            """
            update task_history set attempt = :attempt, state = :state, cause = :cause,
              message = :message, changed_at = :last
            where run_id = :run and task_id = :task
            """);
    changes
        .values()
        .forEach(
            row -> {
              TaskChanged event = row.event();
              insert
                  .bind("run", event.run().value())
                  .bind("task", event.task().toString())
                  .bind("step", event.step().value())
                  .bind("attempt", event.attempt())
                  .bind("state", event.state().toString())
                  .bind("first", row.first())
                  .bind("last", row.last())
                  .add();
              update
                  .bind("run", event.run().value())
                  .bind("task", event.task().toString())
                  .bind("attempt", event.attempt())
                  .bind("state", event.state().toString())
                  .bind("cause", event.cause() == null ? null : Json.text(event.cause()))
                  .bind("message", message(event.message(), event.cause()))
                  .bind("last", row.last())
                  .add();
            });
    insert.execute();
    update.execute();
  }

  private record TaskRow(TaskChanged event, long first, long last) {}

  private static boolean isFailure(TaskChange state) {
    return switch (state) {
      case RETRYING, FAILED, CANCELLED -> true;
      case ORDERED, DEFERRED, PENDING, RUNNING, SUCCEEDED -> false;
    };
  }

  private static String message(String message, Cause cause) {
    if (cause == null) {
      return message;
    }
    String why = cause.kind() + ": " + cause.message();
    return message == null ? why : why + "; " + message;
  }
}
