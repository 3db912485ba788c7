package io.millrace.metadata.metaflow;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * What Metaflow itself says of the ends of tasks, in their metadata: {@code attempt} when one
 * begins, {@code attempt_ok} at its end, and {@code attempt-done} when all is stored, which is all
 * that the task of the parameters says.
 */
final class Ends {
  private Ends() {}

  /**
   * How the last attempt of a task ended.
   *
   * @param at in milliseconds since 1970
   */
  record End(boolean ok, long at) {}

  /** By the task's key; tasks whose last attempt has not said that it ended are not in it. */
  static Map<Long, End> of(
      Handle handle, String flow, String run, String step, Optional<String> task) {
    var ends = new HashMap<Long, End>();
    handle
        .createQuery(
            """
            select m.task_key, m.field_name, m.field_value, m.ts_epoch
            from mf_run r join mf_task t on t.run_key = r.run_key
            join mf_metadata m on m.task_key = t.task_key
            where r.flow_id = :flow and r.run_id = :run and t.step_name = :step
              and (:all or t.task_id = :task)
              and m.field_name in ('attempt', 'attempt_ok', 'attempt-done')
            order by m.id
            """)
        .bind("flow", flow)
        .bind("run", run)
        .bind("step", step)
        .bind("all", task.isEmpty())
        .bind("task", task.orElse(""))
        .map(
            (row, context) -> {
              long key = row.getLong("task_key");
              long at = row.getLong("ts_epoch");
              switch (row.getString("field_name")) {
                case "attempt" -> ends.remove(key);
                case "attempt_ok" ->
                    ends.put(key, new End("True".equals(row.getString("field_value")), at));
                default -> ends.putIfAbsent(key, new End(true, at));
              }
              return key;
            })
        .forEach(key -> {});
    return ends;
  }
}
