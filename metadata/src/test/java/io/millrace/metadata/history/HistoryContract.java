package io.millrace.metadata.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.events.Cause;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.RunChanged;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.Event.TaskChanged;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.TaskId;
import io.millrace.events.api.HistoryView;
import io.millrace.events.api.RunView;
import io.millrace.metadata.database.Database;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the history promises, on either kind of database. */
abstract class HistoryContract {
  private static final RunHistory.Wanted ALL = wanted(null, null, null, null, null);

  @TempDir Path folder;

  private Database database;
  private HistoryWriter writer;
  private RunHistory history;

  /** An empty database. */
  abstract Database.Place empty();

  @BeforeEach
  void open() {
    database = Database.open(empty());
    writer = new HistoryWriter(database);
    history = new RunHistory(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static RunHistory.Wanted wanted(
      String flow, RunView.State state, Long since, Long until, String text) {
    return new RunHistory.Wanted(
        Optional.ofNullable(flow),
        Optional.ofNullable(state),
        Optional.ofNullable(since).map(Instant::ofEpochMilli),
        Optional.ofNullable(until).map(Instant::ofEpochMilli),
        Optional.ofNullable(text));
  }

  private static Happened run(long at, String run, String flow, RunChange change, String message) {
    Map<String, JsonNode> parameters =
        change == RunChange.STARTED ? Map.of("colour", TextNode.valueOf("Green_" + run)) : null;
    return new Happened(
        new RunChanged(
            RunId.of(run), new FlowRef(flow, "0".repeat(64)), change, message, parameters),
        at);
  }

  private static Happened task(
      long at, String run, String task, int attempt, TaskChange change, Cause cause) {
    TaskId id = TaskId.parse(task);
    return new Happened(
        new TaskChanged(
            RunId.of(run),
            new FlowRef("f", "0".repeat(64)),
            id.step(),
            id,
            attempt,
            change,
            null,
            cause,
            null),
        at);
  }

  private List<String> listed(RunHistory.Wanted wanted) {
    return history.list(wanted, Optional.empty(), 100).stream()
        .map(found -> found.run().value())
        .toList();
  }

  @Test
  void aRunIsShownFromItsStartToItsEnd() {
    writer.write(0, 0, 1, List.of(run(10, "a", "f", RunChange.STARTED, null)));
    assertThat(history.find(RunId.of("a")).orElseThrow())
        .returns(RunView.State.RUNNING, HistoryView::state)
        .returns(null, HistoryView::ended);

    writer.write(0, 1, 2, List.of(run(20, "a", "f", RunChange.SUSPENDED, null)));
    writer.write(
        0,
        2,
        9,
        List.of(
            run(30, "a", "f", RunChange.RESUMED, null),
            run(40, "a", "f", RunChange.FAILED, "no disk")));

    HistoryView found = history.find(RunId.of("a")).orElseThrow();
    assertThat(found.state()).isEqualTo(RunView.State.FAILED);
    assertThat(found.message()).isEqualTo("no disk");
    assertThat(found.parameters().path("colour").asText()).isEqualTo("Green_a");
    assertThat(found.started()).isEqualTo(Instant.ofEpochMilli(10));
    assertThat(found.ended()).isEqualTo(Instant.ofEpochMilli(40));
    assertThat(history.find(RunId.of("b"))).isEmpty();
    assertThat(writer.positions()).containsExactly(Map.entry(0, 9L));
  }

  @Test
  void runsAreFilteredSearchedAndPaged() {
    writer.write(
        0,
        0,
        9,
        List.of(
            run(10, "a", "f", RunChange.STARTED, null),
            run(20, "b", "g", RunChange.STARTED, null),
            run(30, "c", "f", RunChange.STARTED, null),
            run(30, "d", "f", RunChange.STARTED, null),
            run(50, "b", "g", RunChange.SUCCEEDED, null),
            run(60, "c", "f", RunChange.FAILED, "100% of the disk")));

    assertThat(listed(ALL)).containsExactly("d", "c", "b", "a");
    assertThat(listed(wanted("f", null, null, null, null))).containsExactly("d", "c", "a");
    assertThat(listed(wanted(null, RunView.State.FAILED, null, null, null))).containsExactly("c");
    assertThat(listed(wanted(null, null, 20L, 30L, null))).containsExactly("b");
    assertThat(listed(wanted(null, null, null, null, "GREEN_B"))).containsExactly("b");
    assertThat(listed(wanted(null, null, null, null, "100% of"))).containsExactly("c");
    assertThat(listed(wanted(null, null, null, null, "1%"))).isEmpty();

    List<HistoryView> first = history.list(ALL, Optional.empty(), 1);
    assertThat(first).extracting(HistoryView::parameters).containsOnlyNulls();
    assertThat(history.list(ALL, Optional.of(first.getFirst()), 2))
        .extracting(found -> found.run().value())
        .containsExactly("c", "b");
  }

  @Test
  void aStretchThatIsWrittenTwiceIsWrittenOnce() {
    List<Happened> stretch = List.of(run(10, "a", "f", RunChange.STARTED, null));
    writer.write(3, 0, 5, stretch);
    writer.write(3, 5, 6, List.of(run(20, "a", "f", RunChange.SUCCEEDED, null)));

    assertThatThrownBy(() -> writer.write(3, 0, 5, stretch)).isInstanceOf(Superseded.class);

    assertThat(history.find(RunId.of("a")).orElseThrow().state())
        .isEqualTo(RunView.State.SUCCEEDED);
    assertThat(writer.positions()).containsExactly(Map.entry(3, 6L));
  }

  @Test
  void theLastAttemptOfEachTaskIsShown() {
    Cause memory = new Cause(Cause.Kind.OOM_KILLED, 137, "it took more than 64M");
    writer.write(
        0,
        0,
        9,
        List.of(
            run(10, "a", "f", RunChange.STARTED, null),
            task(20, "a", "work-0", 0, TaskChange.ORDERED, null),
            task(30, "a", "work-0", 0, TaskChange.RETRYING, memory),
            task(40, "a", "work-0", 1, TaskChange.ORDERED, null),
            task(50, "a", "work-0", 1, TaskChange.SUCCEEDED, null),
            task(60, "a", "work-1", 0, TaskChange.FAILED, memory)));

    List<HistoryView.Task> tasks =
        history.tasks(RunId.of("a"), Optional.empty(), Optional.empty(), 10);
    assertThat(tasks).hasSize(2);
    assertThat(tasks.getFirst())
        .returns(1, HistoryView.Task::attempt)
        .returns("succeeded", HistoryView.Task::state)
        .returns(null, HistoryView.Task::cause)
        .returns(Instant.ofEpochMilli(20), HistoryView.Task::started);
    assertThat(tasks.getLast().cause()).isEqualTo(memory);
    assertThat(tasks.getLast().message()).isEqualTo("oom-killed: it took more than 64M");
    assertThat(history.tasks(RunId.of("a"), Optional.of("failed"), Optional.empty(), 10))
        .containsExactly(tasks.getLast());
    assertThat(
            history.tasks(RunId.of("a"), Optional.empty(), Optional.of(TaskId.parse("work-0")), 10))
        .containsExactly(tasks.getLast());
  }
}
