package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;

/**
 * What other programs are told: the data of a CloudEvent on the events topic. Its type is {@code
 * io.millrace.run.} or {@code io.millrace.task.} followed by the state.
 */
public sealed interface Event {
  RunId run();

  /** The CloudEvent's type. */
  String type();

  /** The CloudEvent's subject: the run, or the attempt. */
  String subject();

  /** What happened to a run. */
  enum RunChange {
    STARTED,
    SUSPENDED,
    RESUMED,
    SUCCEEDED,
    FAILED,
    CANCELLED,
    TIMED_OUT;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What happened to an attempt of a task. */
  enum TaskChange {
    ORDERED,
    DEFERRED,
    PENDING,
    RUNNING,
    SUCCEEDED,
    /** This attempt failed and another one follows. */
    RETRYING,
    FAILED,
    CANCELLED;

    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A run changed.
   *
   * @param run the run
   * @param flow its definition
   * @param state what happened
   * @param message for people; null when there is nothing to say
   * @param parameters of the run, when it started; else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunChanged(
      RunId run, FlowRef flow, RunChange state, String message, Map<String, JsonNode> parameters)
      implements Event {
    public RunChanged {
      Required.field(run, "run");
      Required.field(flow, "flow");
      Required.field(state, "state");
    }

    @Override
    public String type() {
      return "io.millrace.run." + state;
    }

    @Override
    public String subject() {
      return run.value();
    }
  }

  /**
   * A task changed.
   *
   * @param run the run
   * @param flow its definition
   * @param step the task's step
   * @param task the task
   * @param attempt which try
   * @param state what happened
   * @param message for people; null when there is nothing to say
   * @param cause of a failure; else null
   * @param outcome of a success; else null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TaskChanged(
      RunId run,
      FlowRef flow,
      StepName step,
      TaskId task,
      int attempt,
      TaskChange state,
      String message,
      Cause cause,
      Outcome outcome)
      implements Event {
    public TaskChanged {
      Required.field(run, "run");
      Required.field(flow, "flow");
      Required.field(step, "step");
      Required.field(task, "task");
      Required.field(state, "state");
    }

    @Override
    public String type() {
      return "io.millrace.task." + state;
    }

    @Override
    public String subject() {
      return run + "/" + task + "/" + attempt;
    }
  }
}
