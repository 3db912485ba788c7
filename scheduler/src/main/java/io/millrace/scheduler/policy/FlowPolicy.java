package io.millrace.scheduler.policy;

import io.millrace.events.FlowRef;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowProblem;
import java.util.List;

/** Tells before a flow is run whether its steps could be launched. */
public interface FlowPolicy {
  /** What stands against each of the flow's steps, with the names of the rules. */
  List<FlowProblem> problems(FlowRef ref, FlowDocument document);
}
