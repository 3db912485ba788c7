package io.millrace.client.show;

import io.millrace.events.Cause;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;

/**
 * A task that failed for good.
 *
 * @param step its step
 * @param task the task
 * @param attempt the last try
 * @param cause why; null when the server names none
 */
public record FailedTask(StepName step, TaskId task, int attempt, Cause cause) {

  /** A cause in a line, such as {@code user-error, exit code 3: no such file}. */
  public static String text(Cause cause) {
    if (cause == null) {
      return "no cause is known";
    }
    String message = cause.message().strip().replaceAll("\\s+", " ");
    String code = cause.exitCode() == null ? "" : "exit code " + cause.exitCode();
    boolean saysCode = code.isEmpty() || message.startsWith(code);
    boolean saysMore = !message.isEmpty() && !message.equals(cause.kind().toString());
    return cause.kind() + (saysCode ? "" : ", " + code) + (saysMore ? ": " + message : "");
  }
}
