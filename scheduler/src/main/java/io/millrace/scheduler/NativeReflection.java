package io.millrace.scheduler;

import io.millrace.core.AttemptState;
import io.millrace.core.Entity;
import io.millrace.core.EntityCodec;
import io.millrace.core.Position;
import io.millrace.core.RunState;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Command;
import io.millrace.events.DeadLetter;
import io.millrace.events.Event;
import io.millrace.events.FlowRef;
import io.millrace.events.Frontier;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.TaskRanges;
import io.millrace.events.TriggerEvent;
import io.millrace.events.api.EventPublication;
import io.millrace.events.api.EventView;
import io.millrace.events.api.FlowView;
import io.millrace.events.api.HistoryView;
import io.millrace.events.api.InstallationView;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.Problem;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowProblem;
import io.millrace.events.flow.Kubernetes;
import io.millrace.events.flow.Triggers;
import io.millrace.watcher.Stop;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * The types that Jackson looks into by reflection, with all that is nested in them: a native
 * executable has no others.
 */
@RegisterForReflection(
    targets = {
      AttemptId.class,
      AttemptState.class,
      Cause.class,
      Command.class,
      DeadLetter.class,
      Entity.class,
      EntityCodec.class,
      Event.class,
      EventPublication.class,
      EventView.class,
      FlowDocument.class,
      FlowProblem.class,
      FlowRef.class,
      FlowView.class,
      InstallationView.class,
      Frontier.class,
      HistoryView.class,
      Kubernetes.class,
      LogLine.class,
      Observation.class,
      Order.class,
      Outcome.class,
      Position.class,
      Problem.class,
      RunId.class,
      RunRequest.class,
      RunState.class,
      RunView.class,
      StepName.class,
      Stop.class,
      TaskId.class,
      TaskRanges.class,
      TaskView.class,
      TriggerEvent.class,
      Triggers.class,
    },
    classNames = {
      "io.millrace.scheduler.archive.RunArchive",
      "io.millrace.scheduler.intake.FlowCatalog",
      "io.millrace.scheduler.launch.kubernetes.KeptLogs",
      "io.millrace.scheduler.launch.process.AttemptFolder",
      "io.millrace.scheduler.launch.process.Ownership",
      "io.millrace.scheduler.loop.Heartbeat",
    })
final class NativeReflection {
  private NativeReflection() {}
}
