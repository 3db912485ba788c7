package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.metadata.database.Database;
import io.millrace.metadata.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementContext;

/** Where the artifacts of attempts are. */
public final class Artifacts {
  private static final String COLUMNS =
      """
      select r.flow_id, r.run_id, r.tags, r.system_tags, rh.state as run_state, t.step_name, t.task_id, a.*
      from mf_run r join mf_task t on t.run_key = r.run_key
      join mf_artifact a on a.task_key = t.task_key
      left join run_history rh on rh.run_id = r.run_id
      where r.flow_id = :flow and r.run_id = :run
      """;

  /** Only what the last attempt that has stored any has stored. */
  private static final String LATEST =
      " and a.attempt_id = (select max(b.attempt_id) from mf_artifact b where b.task_key = a.task_key)";

  private static final String ORDER = " order by a.task_key desc, a.attempt_id desc, a.name";

  private final Jdbi jdbi;
  private final Clock clock;

  public Artifacts(Database database, Clock clock) {
    this.jdbi = database.jdbi();
    this.clock = clock;
  }

  /**
   * Registers artifacts; those that are there stay as they are.
   *
   * @return how many are new
   */
  int create(TaskPath path, List<JsonNode> artifacts) {
    return jdbi.inTransaction(
        handle -> {
          long key = path.key(handle);
          PreparedBatch batch =
              handle.prepareBatch(
                  """
                  insert into mf_artifact (task_key, attempt_id, name, location, ds_type, sha, type,
                    content_type, user_name, ts_epoch)
                  values (:key, :attempt, :name, :location, :dsType, :sha, :type, :contentType, :user, :now)
                  on conflict do nothing
                  """);
          for (JsonNode artifact : artifacts) {
            batch
                .bind("key", key)
                .bind("attempt", attempt(artifact))
                .bind("name", name(artifact))
                .bind("location", Registration.text(artifact, "location"))
                .bind("dsType", Registration.text(artifact, "ds_type"))
                .bind("sha", Registration.text(artifact, "sha"))
                .bind("type", Registration.text(artifact, "type"))
                .bind("contentType", Registration.text(artifact, "content_type"))
                .bind("user", Registration.text(artifact, "user_name"))
                .bind("now", clock.millis())
                .add();
          }
          return Arrays.stream(batch.execute()).sum();
        });
  }

  private static String name(JsonNode artifact) {
    String name = Registration.text(artifact, "name");
    if (name == null || name.isEmpty() || name.length() > 255) {
      throw Refusal.malformed(
          "an artifact needs a name of 1 to 255 characters, found '%s'".formatted(name));
    }
    return name;
  }

  private static int attempt(JsonNode artifact) {
    JsonNode attempt = artifact.path("attempt_id");
    if (attempt.isMissingNode() || attempt.isNull()) {
      return 0;
    }
    if (!attempt.canConvertToInt() || attempt.asInt() < 0) {
      throw Refusal.malformed("attempt_id: expected a number from 0 on, found " + attempt);
    }
    return attempt.asInt();
  }

  List<ArtifactObject> ofRun(String flow, String run) {
    return list(new TaskPath(flow, run, "", ""), LATEST, OptionalInt.empty());
  }

  List<ArtifactObject> ofStep(String flow, String run, String step) {
    return list(
        new TaskPath(flow, run, step, ""),
        " and t.step_name = :step" + LATEST,
        OptionalInt.empty());
  }

  List<ArtifactObject> ofTask(TaskPath path) {
    List<ArtifactObject> found =
        list(path, " and t.step_name = :step and t.task_id = :task" + LATEST, OptionalInt.empty());
    if (found.isEmpty()) {
      jdbi.useHandle(path::key);
    }
    return found;
  }

  List<ArtifactObject> ofAttempt(TaskPath path, int attempt) {
    List<ArtifactObject> found =
        list(
            path,
            " and t.step_name = :step and t.task_id = :task and a.attempt_id = :attempt",
            OptionalInt.of(attempt));
    if (found.isEmpty()) {
      jdbi.useHandle(path::key);
    }
    return found;
  }

  private List<ArtifactObject> list(TaskPath path, String condition, OptionalInt attempt) {
    return jdbi.withHandle(
        handle -> {
          var query =
              handle
                  .createQuery(COLUMNS + condition + ORDER)
                  .bind("flow", path.flow())
                  .bind("run", path.run());
          if (!path.step().isEmpty()) {
            query.bind("step", path.step());
          }
          if (!path.task().isEmpty()) {
            query.bind("task", path.task());
          }
          attempt.ifPresent(n -> query.bind("attempt", n));
          return query.map(Artifacts::artifact).list();
        });
  }

  /**
   * One artifact.
   *
   * @param attempt that stored it; empty for the last one that has
   */
  ArtifactObject find(TaskPath path, String name, OptionalInt attempt) {
    return jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        COLUMNS
                            + " and t.step_name = :step and t.task_id = :task and a.name = :name"
                            + (attempt.isEmpty() ? LATEST : " and a.attempt_id = :attempt")
                            + ORDER
                            + " limit 1")
                    .bind("flow", path.flow())
                    .bind("run", path.run())
                    .bind("step", path.step())
                    .bind("task", path.task())
                    .bind("name", name)
                    .bindMap(attempt.isEmpty() ? Map.of() : Map.of("attempt", attempt.getAsInt()))
                    .map(Artifacts::artifact)
                    .findOne())
        .orElseThrow(
            () ->
                Refusal.notFound(
                    "artifact '%s' of %s%s"
                        .formatted(
                            name,
                            path,
                            attempt.isPresent() ? ", attempt " + attempt.getAsInt() : "")));
  }

  private static ArtifactObject artifact(ResultSet row, StatementContext context)
      throws SQLException {
    return new ArtifactObject(
        row.getString("flow_id"),
        row.getString("run_id"),
        row.getString("step_name"),
        row.getString("task_id"),
        row.getString("name"),
        row.getString("location"),
        row.getString("ds_type"),
        row.getString("sha"),
        row.getString("type"),
        row.getString("content_type"),
        row.getString("user_name"),
        row.getInt("attempt_id"),
        row.getLong("ts_epoch"),
        Tags.read(row.getString("tags")),
        Tags.system(row.getString("system_tags"), row.getString("run_state")));
  }
}
