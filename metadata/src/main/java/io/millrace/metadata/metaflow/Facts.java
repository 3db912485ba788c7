package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Cause;
import io.millrace.events.Digests;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import io.millrace.metadata.database.Database;
import io.millrace.metadata.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/** The facts about tasks, which Metaflow calls metadata. */
public final class Facts {
  private static final String CAUSE = "millrace-cause";

  private static final String OF_RUN =
      """
      from mf_run r join mf_task t on t.run_key = r.run_key
      join mf_metadata m on m.task_key = t.task_key
      where r.flow_id = :flow and r.run_id = :run
      """;

  private static final String COLUMNS =
      "select r.flow_id, r.run_id, t.step_name, t.task_id, m.* " + OF_RUN;

  private final Jdbi jdbi;
  private final Clock clock;

  public Facts(Database database, Clock clock) {
    this.jdbi = database.jdbi();
    this.clock = clock;
  }

  /**
   * Registers facts. A client that repeats a request, because it missed the answer, adds nothing:
   * it repeats the time at which it made each fact.
   *
   * @return how many are new
   */
  int create(TaskPath path, List<JsonNode> facts) {
    return jdbi.inTransaction(
        handle -> {
          long key = path.key(handle);
          PreparedBatch batch =
              handle.prepareBatch(
                  """
                  insert into mf_metadata (task_key, field_name, field_value, type, user_name, ts_epoch,
                    tags, digest)
                  values (:key, :field, :value, :type, :user, :now, :tags, :digest) on conflict do nothing
                  """);
          for (JsonNode fact : facts) {
            batch
                .bind("key", key)
                .bind("field", field(fact))
                .bind("value", Registration.text(fact, "value"))
                .bind("type", Registration.text(fact, "type"))
                .bind("user", Registration.text(fact, "user_name"))
                .bind("now", clock.millis())
                .bind("tags", Tags.column(Registration.texts(fact, "tags")))
                .bind("digest", Digests.sha256(Json.write(fact)))
                .add();
          }
          return Arrays.stream(batch.execute()).sum();
        });
  }

  /**
   * Says of an attempt that failed without a word, because its process or pod died, what Metaflow
   * would have said: {@code attempt_ok} is false. Beside it stands {@code millrace-cause}. Nothing
   * happens where Metaflow has spoken, or where the task never was registered.
   *
   * @param at when it ended, in milliseconds since 1970
   */
  public static void failed(
      Handle handle, RunId run, TaskId task, int attempt, Cause cause, long at) {
    String tags = Tags.column(List.of("attempt_id:" + attempt));
    int said =
        insert(handle, run, task, tags, at, "attempt_ok", "False", "internal_attempt_status");
    if (said > 0 && cause != null) {
      insert(handle, run, task, tags, at, CAUSE, Json.text(cause), CAUSE);
    }
  }

  private static int insert(
      Handle handle,
      RunId run,
      TaskId task,
      String tags,
      long at,
      String field,
      String value,
      String type) {
    return handle
        .createUpdate(
            """
            insert into mf_metadata (task_key, field_name, field_value, type, user_name, ts_epoch, tags, digest)
            select t.task_key, :field, :value, :type, 'millrace', :at, :tags, :digest
            from mf_run r join mf_task t on t.run_key = r.run_key
            where r.run_id = :run and t.step_name = :step and t.task_id = :task and not exists (
              select 1 from mf_metadata m
              where m.task_key = t.task_key and m.field_name = :field and m.tags = :tags)
            on conflict do nothing
            """)
        .bind("field", field)
        .bind("value", value)
        .bind("type", type)
        .bind("at", at)
        .bind("tags", tags)
        .bind("digest", Digests.sha256(field + tags))
        .bind("run", run.value())
        .bind("step", task.step().value())
        .bind("task", task.toString())
        .execute();
  }

  private static String field(JsonNode fact) {
    String field = Registration.text(fact, "field_name");
    if (field == null || field.isEmpty() || field.length() > 255) {
      throw Refusal.malformed(
          "metadata needs a field_name of 1 to 255 characters, found '%s'".formatted(field));
    }
    return field;
  }

  List<MetadataObject> ofRun(String flow, String run) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(COLUMNS + " order by m.id")
                .bind("flow", flow)
                .bind("run", run)
                .map(Facts::fact)
                .list());
  }

  List<MetadataObject> ofTask(TaskPath path) {
    List<MetadataObject> found =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        COLUMNS + " and t.step_name = :step and t.task_id = :task order by m.id")
                    .bind("flow", path.flow())
                    .bind("run", path.run())
                    .bind("step", path.step())
                    .bind("task", path.task())
                    .map(Facts::fact)
                    .list());
    if (found.isEmpty()) {
      jdbi.useHandle(path::key);
    }
    return found;
  }

  private static MetadataObject fact(ResultSet row, StatementContext context) throws SQLException {
    return new MetadataObject(
        row.getLong("id"),
        row.getString("flow_id"),
        row.getString("run_id"),
        row.getString("step_name"),
        row.getString("task_id"),
        row.getString("field_name"),
        row.getString("field_value"),
        row.getString("type"),
        row.getString("user_name"),
        row.getLong("ts_epoch"),
        Tags.read(row.getString("tags")),
        List.of());
  }

  /**
   * The tasks of a step with a fact of which the value matches, as {@code flow/run/step/task}.
   *
   * @param field its name; empty for any
   * @param pattern a regular expression that is searched for; empty for any value
   */
  Set<String> tasksWith(
      String flow, String run, String step, Optional<String> field, Optional<String> pattern) {
    if (field.isEmpty() && pattern.isEmpty()) {
      return all(flow, run, step);
    }
    Pattern wanted;
    try {
      wanted = Pattern.compile(pattern.orElse(""));
    } catch (PatternSyntaxException wrong) {
      throw Refusal.malformed(
          "pattern '%s' is no regular expression: %s"
              .formatted(pattern.orElse(""), wrong.getDescription()));
    }
    var tasks = new LinkedHashSet<String>();
    jdbi.useHandle(
        handle -> {
          TaskPath.runKey(handle, flow, run);
          handle
              .createQuery(
                  "select t.task_id, m.field_value "
                      + OF_RUN
                      + " and t.step_name = :step and (:any or m.field_name = :field) order by m.id")
              .bind("flow", flow)
              .bind("run", run)
              .bind("step", step)
              .bind("any", field.isEmpty())
              .bind("field", field.orElse(""))
              .map((row, context) -> new String[] {row.getString(1), row.getString(2)})
              .forEach(
                  found -> {
                    if (found[1] != null && wanted.matcher(found[1]).find()) {
                      tasks.add(String.join("/", flow, run, step, found[0]));
                    }
                  });
        });
    return tasks;
  }

  private Set<String> all(String flow, String run, String step) {
    return jdbi.withHandle(
        handle -> {
          long key = TaskPath.runKey(handle, flow, run);
          return new LinkedHashSet<>(
              handle
                  .createQuery(
                      "select task_id from mf_task where run_key = :key and step_name = :step order by task_key")
                  .bind("key", key)
                  .bind("step", step)
                  .mapTo(String.class)
                  .map(task -> String.join("/", flow, run, step, task))
                  .list());
        });
  }
}
