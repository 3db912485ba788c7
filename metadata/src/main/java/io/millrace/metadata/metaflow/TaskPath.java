package io.millrace.metadata.metaflow;

import io.millrace.metadata.refusal.Refusal;
import org.jboss.resteasy.reactive.RestPath;
import org.jdbi.v3.core.Handle;

/** Where a task is, as paths name it. */
public record TaskPath(
    @RestPath String flow, @RestPath String run, @RestPath String step, @RestPath String task) {

  @Override
  public String toString() {
    return "task '%s/%s/%s/%s'".formatted(flow, run, step, task);
  }

  /** The key of its row. */
  long key(Handle handle) {
    return handle
        .createQuery(
            """
            select t.task_key from mf_task t join mf_run r on r.run_key = t.run_key
            where r.flow_id = :flow and r.run_id = :run and t.step_name = :step and t.task_id = :task
            """)
        .bind("flow", flow)
        .bind("run", run)
        .bind("step", step)
        .bind("task", task)
        .mapTo(Long.class)
        .findOne()
        .orElseThrow(() -> Refusal.notFound(toString()));
  }

  /** The key of a run's row. */
  static long runKey(Handle handle, String flow, String run) {
    return handle
        .createQuery("select run_key from mf_run where flow_id = :flow and run_id = :run")
        .bind("flow", flow)
        .bind("run", run)
        .mapTo(Long.class)
        .findOne()
        .orElseThrow(() -> Refusal.notFound("run '%s/%s'".formatted(flow, run)));
  }

  /**
   * Fails when a step is not there.
   *
   * @return the key of its run's row
   */
  static long stepsRun(Handle handle, String flow, String run, String step) {
    long key = runKey(handle, flow, run);
    boolean there =
        handle
            .createQuery("select 1 from mf_step where run_key = :key and step_name = :step")
            .bind("key", key)
            .bind("step", step)
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
    if (!there) {
      throw Refusal.notFound("step '%s/%s/%s'".formatted(flow, run, step));
    }
    return key;
  }
}
