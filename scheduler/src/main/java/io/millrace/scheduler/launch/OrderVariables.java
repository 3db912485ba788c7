package io.millrace.scheduler.launch;

import io.millrace.events.AttemptId;
import io.millrace.events.Digests;
import io.millrace.events.Json;
import io.millrace.events.Order;
import io.millrace.events.RunId;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The environment variables by which a step knows who it is, the same for every executor. */
public final class OrderVariables {
  private OrderVariables() {}

  /** Who the step is, and where in its run and in its trace. */
  public static Map<String, String> identity(Order.Launch order) {
    AttemptId of = order.of();
    var variables = new TreeMap<String, String>();
    variables.put("MILLRACE_RUN_ID", of.run().value());
    variables.put("MILLRACE_FLOW", order.flow().name());
    variables.put("MILLRACE_STEP", of.task().step().value());
    variables.put("MILLRACE_TASK_ID", of.task().toString());
    variables.put("MILLRACE_ATTEMPT", Integer.toString(of.attempt()));
    variables.put("MILLRACE_USER_FAILURES", Integer.toString(order.userFailures()));
    if (of.task().splitIndex() >= 0) {
      variables.put("MILLRACE_SPLIT_INDEX", Integer.toString(of.task().splitIndex()));
    }
    if (order.fallback()) {
      variables.put("MILLRACE_FALLBACK", "1");
    }
    if (!order.origins().isEmpty()) {
      variables.put(
          "MILLRACE_ORIGIN_RUNS",
          order.origins().stream().map(RunId::value).collect(Collectors.joining(",")));
    }
    if (!order.triggeredBy().isEmpty()) {
      variables.put("MILLRACE_TRIGGERED_BY", Json.text(order.triggeredBy()));
    }
    variables.put(
        "TRACEPARENT",
        "00-%s-%s-01"
            .formatted(
                Digests.sha256(of.run().value()).substring(0, 32),
                Digests.sha256(of.toString()).substring(0, 16)));
    return variables;
  }
}
