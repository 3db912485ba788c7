package io.millrace.client.follow;

import io.millrace.client.show.Elapsed;
import io.millrace.client.show.FailedTask;
import io.millrace.client.show.StepLayout;
import io.millrace.client.show.Style;
import io.millrace.client.show.Summary;
import io.millrace.events.Event;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.FlowRef;
import io.millrace.events.StepName;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A line for each change that matters, for pipes and files. */
public final class PlainView implements ProgressView {
  /** Retries and failures of one step that get a line each; the others are counted. */
  private static final int EACH = 10;

  private final PrintWriter out;
  private final PrintWriter err;
  private final Function<FlowRef, StepLayout> layouts;
  private final DateTimeFormatter clock;
  private final Set<StepName> started = new HashSet<>();
  private final Set<StepName> finished = new HashSet<>();
  private final Map<StepName, Integer> setbacks = new HashMap<>();
  private StepLayout layout;

  /**
   * @param layouts how the steps of a flow stand to one another; asked once
   * @param zone of the times of day
   */
  public PlainView(
      PrintWriter out, PrintWriter err, Function<FlowRef, StepLayout> layouts, ZoneId zone) {
    this.out = out;
    this.err = err;
    this.layouts = layouts;
    this.clock = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
  }

  @Override
  public boolean wantsDetail() {
    return true;
  }

  @Override
  public void happened(List<EventView> events) {
    for (EventView view : events) {
      Happening.read(view)
          .ifPresent(
              event -> {
                switch (event) {
                  case Event.RunChanged run -> run(run, view.time());
                  case Event.TaskChanged task -> task(task, view.time());
                }
              });
    }
    out.flush();
  }

  private void run(Event.RunChanged run, Instant time) {
    switch (run.state()) {
      case STARTED -> say(time, "run %s of %s started", run.run(), run.flow().name());
      case SUSPENDED, RESUMED -> say(time, "run %s", run.state());
      case SUCCEEDED, FAILED, CANCELLED, TIMED_OUT -> {
        // The summary says it, after what the detail has to say of the last steps.
      }
    }
  }

  private void task(Event.TaskChanged task, Instant time) {
    if (started.add(task.step())) {
      say(time, "step %s started", task.step());
    }
    boolean setback = task.state() == TaskChange.RETRYING || task.state() == TaskChange.FAILED;
    if (!setback) {
      return;
    }
    int count = setbacks.merge(task.step(), 1, Integer::sum);
    if (count <= EACH) {
      boolean retried = task.state() == TaskChange.RETRYING;
      say(
          time,
          "%s/%d %s: %s",
          task.task(),
          task.attempt(),
          retried ? "failed and is tried again" : "failed",
          FailedTask.text(task.cause()));
    } else if (count == EACH + 1) {
      say(time, "further failures of step %s are counted only", task.step());
    }
  }

  @Override
  public void detail(RunView run, List<FailedTask> failures) {
    if (layout == null) {
      layout = layouts.apply(run.flow());
    }
    Set<StepName> now = layout.finished(run);
    for (RunView.Step step : run.steps()) {
      // The detail may be ahead of the events: first things first.
      boolean due = now.contains(step.step()) && started.contains(step.step());
      if (due && finished.add(step.step())) {
        say(step.changed() == null ? Instant.now() : step.changed(), "%s", finished(step));
      }
    }
    out.flush();
  }

  private static String finished(RunView.Step step) {
    var text = new StringBuilder("step ").append(step.step());
    text.append(step.failed() > 0 ? " ended: " : " done: ");
    text.append(step.done()).append('/').append(step.total());
    if (step.failed() > 0) {
      text.append(", ").append(step.failed()).append(" failed");
    }
    if (step.retries() > 0) {
      text.append(", ").append(step.retries()).append(step.retries() == 1 ? " retry" : " retries");
    }
    String took = Elapsed.between(step.started(), step.changed());
    return took.isEmpty() ? text.toString() : text.append(", ").append(took).toString();
  }

  @Override
  public void tick(Instant now) {
    // A pipe has no clock.
  }

  @Override
  public void notice(String text) {
    err.println(text);
    err.flush();
  }

  @Override
  public void over(Summary summary) {
    summary.lines(Style.PLAIN).forEach(out::println);
    out.flush();
  }

  private void say(Instant time, String text, Object... values) {
    out.println(clock.format(time) + "  " + text.formatted(values));
  }
}
