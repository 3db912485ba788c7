package io.millrace.client.follow;

import io.millrace.client.api.ApiClient;
import io.millrace.client.api.ApiException;
import io.millrace.events.Event;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.api.EventView;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.TaskView.Logged;
import io.smallrye.mutiny.Multi;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What the steps of a run wrote, and what they write. */
public final class LogLines {
  /** How many attempts are read at once; the others wait their turn. */
  private static final int CONNECTIONS = 32;

  /** The changes by which an attempt has something to say, if it ever has. */
  private static final Set<TaskChange> SPEAKING =
      EnumSet.of(
          TaskChange.RUNNING,
          TaskChange.SUCCEEDED,
          TaskChange.RETRYING,
          TaskChange.FAILED,
          TaskChange.CANCELLED);

  private final ApiClient api;
  private final RunId run;
  private final StepName step;
  private final Consumer<String> notices;

  /**
   * @param step the only one to be read; null for all
   * @param notices told of lost connections
   */
  public LogLines(ApiClient api, RunId run, StepName step, Consumer<String> notices) {
    this.api = api;
    this.run = run;
    this.step = step;
    this.notices = notices;
  }

  /**
   * A line and where it comes from.
   *
   * @param attempt that wrote it
   * @param line the line
   */
  public record From(Logged attempt, LogLine line) {}

  /** What there is now: attempt after attempt, in order of their ids. */
  public Multi<From> soFar(List<Logged> attempts) {
    return Multi.createFrom()
        .iterable(attempts)
        .onItem()
        .transformToMulti(attempt -> lines(attempt, false))
        .concatenate();
  }

  /**
   * What there is and what comes, as it comes, to the run's end. Attempts that begin meanwhile are
   * learned from the run's events.
   *
   * @param attempts those that are known to have lines
   */
  public Multi<From> live(List<Logged> attempts) {
    Set<Logged> known = new HashSet<>();
    return Multi.createBy()
        .concatenating()
        .streams(
            Multi.createFrom().iterable(attempts),
            api.events(run, notices).onItem().transformToIterable(event -> speaker(event).toList()))
        .filter(known::add)
        // Events are taken in even while all connections are busy: a stream that is not read would
        // look like a lost one.
        .onOverflow()
        .bufferUnconditionally()
        .onItem()
        .transformToMulti(attempt -> lines(attempt, true))
        .merge(CONNECTIONS);
  }

  private Stream<Logged> speaker(EventView view) {
    Optional<Event> event = Happening.read(view);
    return event.isPresent()
            && event.get() instanceof Event.TaskChanged task
            && SPEAKING.contains(task.state())
            && (step == null || step.equals(task.step()))
        ? Stream.of(new Logged(task.task(), task.attempt()))
        : Stream.empty();
  }

  private Multi<From> lines(Logged attempt, boolean follow) {
    return api.log(run, attempt, follow, notices)
        .onFailure(LogLines::wroteNothing)
        .recoverWithCompletion()
        .map(line -> new From(attempt, line));
  }

  /** An attempt that never got to run has no log. */
  private static boolean wroteNothing(Throwable failure) {
    return failure instanceof ApiException refused && refused.isNotFound();
  }
}
