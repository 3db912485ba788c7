package io.millrace.client.follow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.show.FailedTask;
import io.millrace.client.show.Summary;
import io.millrace.events.Event;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.RunId;
import io.millrace.events.api.EventView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a run's events have told so far, as far as its end and its summary need it. */
final class Story {
  /** A foreach of a hundred thousand failures is told by its first ones and their number. */
  private static final int KEPT = 100;

  private final RunId run;
  private final List<FailedTask> failures = new ArrayList<>();
  private int failed;
  private Instant started;
  private Instant ended;
  private Event.RunChanged end;
  private JsonNode outputs;

  Story(RunId run) {
    this.run = run;
  }

  void add(EventView view) {
    Optional<Event> event = Happening.read(view);
    if (event.isEmpty()) {
      return;
    }
    switch (event.get()) {
      case Event.RunChanged changed -> run(changed, view.time());
      case Event.TaskChanged changed -> task(changed);
    }
  }

  private void run(Event.RunChanged changed, Instant time) {
    switch (changed.state()) {
      case STARTED -> started = time;
      case SUSPENDED, RESUMED -> {
        // Neither begins nor ends anything.
      }
      case SUCCEEDED, FAILED, CANCELLED, TIMED_OUT -> {
        end = changed;
        ended = time;
      }
    }
  }

  private void task(Event.TaskChanged changed) {
    if (changed.state() == TaskChange.FAILED) {
      failed++;
      if (failures.size() < KEPT) {
        failures.add(
            new FailedTask(changed.step(), changed.task(), changed.attempt(), changed.cause()));
      }
    } else if (changed.state() == TaskChange.SUCCEEDED) {
      outputs = changed.outcome() == null ? null : changed.outcome().outputs();
    }
  }

  /** How the run ended; empty as long as it has not. */
  Optional<RunChange> result() {
    return Optional.ofNullable(end).map(Event.RunChanged::state);
  }

  List<FailedTask> failures() {
    return failures;
  }

  /** To be asked for when it has ended. */
  Summary summary() {
    Duration took = started == null || ended == null ? null : Duration.between(started, ended);
    boolean good = end.state() == RunChange.SUCCEEDED;
    return new Summary(
        run, end.state(), end.message(), took, failures, failed, good ? outputs : null);
  }
}
