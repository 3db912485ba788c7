package io.millrace.metadata.metaflow;

import io.millrace.metadata.database.Database;
import io.millrace.metadata.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.StatementContext;

/** Flows and their runs. */
public final class Runs {
  private final Jdbi jdbi;
  private final Clock clock;
  private final Duration patience;

  /**
   * @param patience after which a run that Millrace does not run and that sends no heartbeat counts
   *     as failed
   */
  public Runs(Database database, Clock clock, Duration patience) {
    this.jdbi = database.jdbi();
    this.clock = clock;
    this.patience = patience;
  }

  FlowObject createFlow(String flow, Registration registration) {
    int created =
        jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(
                        """
                        insert into mf_flow (flow_id, user_name, ts_epoch, tags, system_tags)
                        values (:flow, :user, :now, :tags, :systemTags) on conflict do nothing
                        """)
                    .bind("flow", flow)
                    .bind("user", registration.user())
                    .bind("now", clock.millis())
                    .bind("tags", Tags.column(registration.tags()))
                    .bind("systemTags", Tags.column(registration.systemTags()))
                    .execute());
    if (created == 0) {
      throw Refusal.exists("flow '%s'".formatted(flow));
    }
    return flow(flow);
  }

  FlowObject flow(String flow) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select * from mf_flow where flow_id = :flow")
                .bind("flow", flow)
                .map(Runs::flow)
                .findOne()
                .orElseThrow(() -> Refusal.notFound("flow '%s'".formatted(flow))));
  }

  List<FlowObject> flows() {
    return jdbi.withHandle(
        handle ->
            handle.createQuery("select * from mf_flow order by flow_id").map(Runs::flow).list());
  }

  private static FlowObject flow(ResultSet row, StatementContext context) throws SQLException {
    return new FlowObject(
        row.getString("flow_id"),
        row.getString("user_name"),
        row.getLong("ts_epoch"),
        Tags.read(row.getString("tags")),
        Tags.read(row.getString("system_tags")));
  }

  RunObject createRun(String flow, Registration registration) {
    String id =
        jdbi.inTransaction(
            handle -> {
              long key =
                  handle.createQuery("select nextval('mf_run_number')").mapTo(Long.class).one();
              String run = registration.id() == null ? Long.toString(key) : registration.id();
              int created =
                  handle
                      .createUpdate(
                          """
                          insert into mf_run (run_key, flow_id, run_id, user_name, ts_epoch, tags, system_tags)
                          select :key, f.flow_id, :run, :user, :now, :tags, :systemTags
                          from mf_flow f where f.flow_id = :flow on conflict do nothing
                          """)
                      .bind("key", key)
                      .bind("flow", flow)
                      .bind("run", run)
                      .bind("user", registration.user())
                      .bind("now", clock.millis())
                      .bind("tags", Tags.column(registration.tags()))
                      .bind("systemTags", Tags.column(registration.systemTags()))
                      .execute();
              return created == 0 ? null : run;
            });
    if (id == null) {
      flow(flow);
      throw Refusal.exists("run '%s/%s'".formatted(flow, registration.id()));
    }
    return run(flow, id);
  }

  RunObject run(String flow, String run) {
    return jdbi.withHandle(handle -> select(handle, flow, Optional.of(run))).stream()
        .findFirst()
        .orElseThrow(() -> Refusal.notFound("run '%s/%s'".formatted(flow, run)));
  }

  /** The newest first. */
  List<RunObject> runs(String flow) {
    List<RunObject> runs = jdbi.withHandle(handle -> select(handle, flow, Optional.empty()));
    if (runs.isEmpty()) {
      flow(flow);
    }
    return runs;
  }

  private List<RunObject> select(Handle handle, String flow, Optional<String> run) {
    return handle
        .createQuery(
            """
            select o.*, (
              select m.field_value from mf_metadata m join mf_task t on t.task_key = m.task_key
              where t.run_key = o.run_key and t.step_name = o.end_step and m.field_name = 'attempt_ok'
              order by m.id desc limit 1) as end_ok
            from (
              select r.*, h.state, h.message, h.ended_at, coalesce((
                select m.field_value from mf_metadata m join mf_task t on t.task_key = m.task_key
                where t.run_key = r.run_key and t.step_name = '_parameters' and m.field_name = 'end_step'
                order by m.id desc limit 1), 'end') as end_step
              from mf_run r left join run_history h on h.run_id = r.run_id
              where r.flow_id = :flow and (:all or r.run_id = :run)) o
            order by o.run_key desc
            """)
        .bind("flow", flow)
        .bind("all", run.isEmpty())
        .bind("run", run.orElse(""))
        .map(this::run)
        .list();
  }

  private RunObject run(ResultSet row, StatementContext context) throws SQLException {
    String state = row.getString("state");
    String endOk = row.getString("end_ok");
    Long heartbeat = row.getObject("last_heartbeat_ts", Long.class);
    return new RunObject(
        row.getString("flow_id"),
        row.getString("run_id"),
        row.getString("user_name"),
        row.getLong("ts_epoch"),
        Tags.read(row.getString("tags")),
        Tags.system(row.getString("system_tags"), state),
        heartbeat,
        state != null
            ? Standing.ofEngine(state)
            : Standing.told(
                "True".equals(endOk) ? true : null, heartbeat, clock.instant(), patience),
        row.getString("message"),
        row.getObject("ended_at", Long.class));
  }

  void heartbeat(String flow, String run) {
    int beaten =
        jdbi.withHandle(
            handle ->
                handle
                    .createUpdate(
                        "update mf_run set last_heartbeat_ts = :now where flow_id = :flow and run_id = :run")
                    .bind("now", clock.instant().getEpochSecond())
                    .bind("flow", flow)
                    .bind("run", run)
                    .execute());
    if (beaten == 0) {
      throw Refusal.notFound("run '%s/%s'".formatted(flow, run));
    }
  }

  /**
   * Changes the user's tags of a run. Changes at the same time wait for each other, so none is
   * lost.
   *
   * @return the tags after it
   */
  Set<String> mutateTags(String flow, String run, List<String> add, List<String> remove) {
    return jdbi.inTransaction(
        handle -> {
          long key = TaskPath.runKey(handle, flow, run);
          var present =
              handle
                  .createQuery(
                      "select tags, system_tags from mf_run where run_key = :key for update")
                  .bind("key", key)
                  .map((row, context) -> new String[] {row.getString(1), row.getString(2)})
                  .one();
          String state =
              handle
                  .createQuery("select state from run_history where run_id = :run")
                  .bind("run", run)
                  .mapTo(String.class)
                  .findOne()
                  .orElse(null);
          Set<String> next =
              Tags.changed(Tags.read(present[0]), Tags.system(present[1], state), add, remove);
          handle
              .createUpdate("update mf_run set tags = :tags where run_key = :key")
              .bind("tags", Tags.column(next))
              .bind("key", key)
              .execute();
          return next;
        });
  }
}
