package io.millrace.metadata.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Cause;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.api.HistoryView;
import io.millrace.events.api.RunView;
import io.millrace.metadata.database.Database;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Answers questions about runs, those included that the engine has forgotten. */
public final class RunHistory {
  private final Jdbi jdbi;

  public RunHistory(Database database) {
    this.jdbi = database.jdbi();
  }

  /**
   * Which runs are wanted; what is empty does not matter.
   *
   * @param flow the flow's name
   * @param state where they stand
   * @param since they started then or later
   * @param until they started before then
   * @param text somewhere in the id, the message or the parameters, in any case of letters
   */
  public record Wanted(
      Optional<String> flow,
      Optional<RunView.State> state,
      Optional<Instant> since,
      Optional<Instant> until,
      Optional<String> text) {}

  /** A run; empty when nothing was told of it. */
  public Optional<HistoryView> find(RunId run) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("select * from run_history where run_id = :run")
                .bind("run", run.value())
                .map((row, context) -> run(row, true))
                .findOne());
  }

  /**
   * Runs, the newest first, without their parameters.
   *
   * @param before the run that the last page ended with; empty for the first page
   * @param most how many at most
   */
  public List<HistoryView> list(Wanted wanted, Optional<HistoryView> before, int most) {
    var conditions = new StringBuilder(" where true");
    wanted.flow().ifPresent(flow -> conditions.append(" and flow = :flow"));
    wanted.state().ifPresent(state -> conditions.append(" and state = :state"));
    wanted.since().ifPresent(since -> conditions.append(" and started_at >= :since"));
    wanted.until().ifPresent(until -> conditions.append(" and started_at < :until"));
    wanted
        .text()
        .ifPresent(
            text ->
                conditions.append(
                    " and (run_id like :text escape '!' or lower(message) like :text escape '!'"
                        + " or lower(parameters) like :text escape '!')"));
    before.ifPresent(
        last ->
            conditions.append(
                " and (started_at < :started or started_at = :started and run_id < :last)"));
    return jdbi.withHandle(
        handle -> {
          var query =
              handle.createQuery(
                  "select * from run_history"
                      + conditions
                      + " order by started_at desc, run_id desc limit :most");
          wanted.flow().ifPresent(flow -> query.bind("flow", flow));
          wanted.state().ifPresent(state -> query.bind("state", state.toString()));
          wanted.since().ifPresent(since -> query.bind("since", since.toEpochMilli()));
          wanted.until().ifPresent(until -> query.bind("until", until.toEpochMilli()));
          wanted.text().ifPresent(text -> query.bind("text", containing(text)));
          before.ifPresent(
              last ->
                  query
                      .bind("started", last.started().toEpochMilli())
                      .bind("last", last.run().value()));
          return query.bind("most", most).map((row, context) -> run(row, false)).list();
        });
  }

  private static String containing(String text) {
    return "%" + text.toLowerCase(Locale.ROOT).replaceAll("([!%_])", "!$1") + "%";
  }

  /**
   * A run's tasks, in order of their ids' text.
   *
   * @param state only those that stand so; empty for all
   * @param after the id that the last page ended with; empty for the first page
   * @param most how many at most
   */
  public List<HistoryView.Task> tasks(
      RunId run, Optional<String> state, Optional<TaskId> after, int most) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    select * from task_history
                    where run_id = :run and task_id > :after and (:all or state = :state)
                    order by task_id limit :most
                    """)
                .bind("run", run.value())
                .bind("after", after.map(TaskId::toString).orElse(""))
                .bind("all", state.isEmpty())
                .bind("state", state.orElse(""))
                .bind("most", most)
                .map((row, context) -> task(row))
                .list());
  }

  private static HistoryView run(ResultSet row, boolean whole) throws SQLException {
    Long ended = row.getObject("ended_at", Long.class);
    return new HistoryView(
        RunId.of(row.getString("run_id")),
        FlowRef.parse(row.getString("definition")),
        state(row.getString("state")),
        row.getString("message"),
        whole ? json(row.getString("parameters"), JsonNode.class) : null,
        Instant.ofEpochMilli(row.getLong("started_at")),
        ended == null ? null : Instant.ofEpochMilli(ended));
  }

  private static RunView.State state(String text) {
    return RunView.State.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static HistoryView.Task task(ResultSet row) throws SQLException {
    return new HistoryView.Task(
        TaskId.parse(row.getString("task_id")),
        new StepName(row.getString("step")),
        row.getInt("attempt"),
        row.getString("state"),
        json(row.getString("cause"), Cause.class),
        row.getString("message"),
        Instant.ofEpochMilli(row.getLong("started_at")),
        Instant.ofEpochMilli(row.getLong("changed_at")));
  }

  private static <T> T json(String column, Class<T> type) {
    if (column == null) {
      return null;
    }
    return switch (Json.read(column.getBytes(StandardCharsets.UTF_8), type, "a column")) {
      case Decoded.Understood<T>(T value) -> value;
      case Decoded.NotUnderstood<T>(String reason) -> throw new IllegalStateException(reason);
    };
  }
}
