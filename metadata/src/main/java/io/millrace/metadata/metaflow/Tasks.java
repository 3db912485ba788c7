package io.millrace.metadata.metaflow;

import io.millrace.metadata.database.Database;
import io.millrace.metadata.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** Steps of runs and their tasks. */
public final class Tasks {
  private final Jdbi jdbi;
  private final Clock clock;
  private final Duration patience;

  /**
   * @param patience after which a task that Millrace does not run and that sends no heartbeat
   *     counts as failed
   */
  public Tasks(Database database, Clock clock, Duration patience) {
    this.jdbi = database.jdbi();
    this.clock = clock;
    this.patience = patience;
  }

  StepObject createStep(String flow, String run, String step, Registration registration) {
    int created =
        jdbi.inTransaction(
            handle ->
                handle
                    .createUpdate(
                        """
                        insert into mf_step (run_key, step_name, user_name, ts_epoch)
                        values (:key, :step, :user, :now) on conflict do nothing
                        """)
                    .bind("key", TaskPath.runKey(handle, flow, run))
                    .bind("step", step)
                    .bind("user", registration.user())
                    .bind("now", clock.millis())
                    .execute());
    if (created == 0) {
      throw Refusal.exists("step '%s/%s/%s'".formatted(flow, run, step));
    }
    return step(flow, run, step);
  }

  StepObject step(String flow, String run, String step) {
    return selectSteps(flow, run, Optional.of(step)).stream()
        .findFirst()
        .orElseThrow(() -> Refusal.notFound("step '%s/%s/%s'".formatted(flow, run, step)));
  }

  /** The newest first. */
  List<StepObject> steps(String flow, String run) {
    List<StepObject> steps = selectSteps(flow, run, Optional.empty());
    if (steps.isEmpty()) {
      jdbi.useHandle(handle -> TaskPath.runKey(handle, flow, run));
    }
    return steps;
  }

  private List<StepObject> selectSteps(String flow, String run, Optional<String> step) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select r.flow_id, r.run_id, s.step_name, s.user_name, s.ts_epoch, r.tags, r.system_tags,
                      rh.state as run_state
                    from mf_run r join mf_step s on s.run_key = r.run_key
                    left join run_history rh on rh.run_id = r.run_id
                    where r.flow_id = :flow and r.run_id = :run and (:all or s.step_name = :step)
                    order by s.ts_epoch desc, s.step_name
                    """)
                .bind("flow", flow)
                .bind("run", run)
                .bind("all", step.isEmpty())
                .bind("step", step.orElse(""))
                .map(Tasks::step)
                .list());
  }

  private static StepObject step(ResultSet row, StatementContext context) throws SQLException {
    return new StepObject(
        row.getString("flow_id"),
        row.getString("run_id"),
        row.getString("step_name"),
        row.getString("user_name"),
        row.getLong("ts_epoch"),
        Tags.read(row.getString("tags")),
        Tags.system(row.getString("system_tags"), row.getString("run_state")));
  }

  TaskObject createTask(String flow, String run, String step, Registration registration) {
    return jdbi.inTransaction(
        handle -> {
          Optional<Slot> slot =
              handle
                  .createQuery(
                      """
                      select r.run_key, r.tags, r.system_tags, nextval('mf_task_number') as task_key
                      from mf_run r join mf_step s on s.run_key = r.run_key
                      where r.flow_id = :flow and r.run_id = :run and s.step_name = :step
                      """)
                  .bind("flow", flow)
                  .bind("run", run)
                  .bind("step", step)
                  .map(Slot::of)
                  .findOne();
          if (slot.isEmpty()) {
            TaskPath.stepsRun(handle, flow, run, step);
          }
          return insert(handle, slot.orElseThrow(), flow, run, step, registration);
        });
  }

  /** Where a new task goes, with the tags of its run as columns have them. */
  private record Slot(long runKey, long taskKey, String tags, String systemTags) {
    static Slot of(ResultSet row, StatementContext context) throws SQLException {
      return new Slot(
          row.getLong("run_key"),
          row.getLong("task_key"),
          row.getString("tags"),
          row.getString("system_tags"));
    }
  }

  private TaskObject insert(
      Handle handle, Slot slot, String flow, String run, String step, Registration registration) {
    String task = registration.id() == null ? Long.toString(slot.taskKey()) : registration.id();
    long now = clock.millis();
    int created =
        handle
            .createUpdate(
                """
                insert into mf_task (task_key, run_key, step_name, task_id, user_name, ts_epoch)
                values (:key, :runKey, :step, :task, :user, :now) on conflict do nothing
                """)
            .bind("key", slot.taskKey())
            .bind("runKey", slot.runKey())
            .bind("step", step)
            .bind("task", task)
            .bind("user", registration.user())
            .bind("now", now)
            .execute();
    if (created == 0) {
      throw Refusal.exists(new TaskPath(flow, run, step, task).toString());
    }
    return new TaskObject(
        flow,
        run,
        step,
        task,
        registration.user(),
        now,
        Tags.read(slot.tags()),
        Tags.read(slot.systemTags()),
        null,
        Standing.UNKNOWN,
        null,
        null);
  }

  TaskObject task(TaskPath path) {
    return jdbi
        .withHandle(
            handle ->
                select(handle, path.flow(), path.run(), path.step(), Optional.of(path.task())))
        .stream()
        .findFirst()
        .orElseThrow(() -> Refusal.notFound(path.toString()));
  }

  /** The newest first. */
  List<TaskObject> tasks(String flow, String run, String step) {
    List<TaskObject> tasks =
        jdbi.withHandle(handle -> select(handle, flow, run, step, Optional.empty()));
    if (tasks.isEmpty()) {
      jdbi.useHandle(handle -> TaskPath.stepsRun(handle, flow, run, step));
    }
    return tasks;
  }

  private List<TaskObject> select(
      Handle handle, String flow, String run, String step, Optional<String> task) {
    Map<Long, Ends.End> ends = Ends.of(handle, flow, run, step, task);
    return handle
        .createQuery(
            """
            select r.flow_id, r.run_id, r.tags, r.system_tags, t.task_key, t.step_name, t.task_id,
              t.user_name, t.ts_epoch, t.last_heartbeat_ts, rh.state as run_state, rh.ended_at,
              h.state, h.message, h.changed_at
            from mf_run r join mf_task t on t.run_key = r.run_key
            left join run_history rh on rh.run_id = r.run_id
            left join task_history h on h.run_id = r.run_id and h.task_id = t.task_id
            where r.flow_id = :flow and r.run_id = :run and t.step_name = :step
              and (:all or t.task_id = :task)
            order by t.task_key desc
            """)
        .bind("flow", flow)
        .bind("run", run)
        .bind("step", step)
        .bind("all", task.isEmpty())
        .bind("task", task.orElse(""))
        .map((row, context) -> task(row, ends.get(row.getLong("task_key"))))
        .list();
  }

  private TaskObject task(ResultSet row, Ends.End end) throws SQLException {
    Long heartbeat = row.getObject("last_heartbeat_ts", Long.class);
    String state = row.getString("state");
    String runState = row.getString("run_state");
    Standing standing;
    Long finished = null;
    if (state != null) {
      standing = Standing.ofEngine(state);
      finished = row.getLong("changed_at");
    } else {
      standing = Standing.told(end == null ? null : end.ok(), heartbeat, clock.instant(), patience);
      finished = end == null ? null : Long.valueOf(end.at());
    }
    if (!standing.isOver() && runState != null && Standing.ofEngine(runState).isOver()) {
      // Nothing of a run that is over runs any more, whatever its tasks said last.
      standing = Standing.FAILED;
      finished = row.getObject("ended_at", Long.class);
    }
    return new TaskObject(
        row.getString("flow_id"),
        row.getString("run_id"),
        row.getString("step_name"),
        row.getString("task_id"),
        row.getString("user_name"),
        row.getLong("ts_epoch"),
        Tags.read(row.getString("tags")),
        Tags.system(row.getString("system_tags"), runState),
        heartbeat,
        standing,
        row.getString("message"),
        standing.isOver() ? finished : null);
  }

  void heartbeat(TaskPath path) {
    int beaten =
        jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        update mf_task set last_heartbeat_ts = :now where step_name = :step and task_id = :task
                        and run_key = (select run_key from mf_run where flow_id = :flow and run_id = :run)
                        """)
                    .bind("now", clock.instant().getEpochSecond())
                    .bind("flow", path.flow())
                    .bind("run", path.run())
                    .bind("step", path.step())
                    .bind("task", path.task())
                    .execute());
    if (beaten == 0) {
      throw Refusal.notFound(path.toString());
    }
  }
}
