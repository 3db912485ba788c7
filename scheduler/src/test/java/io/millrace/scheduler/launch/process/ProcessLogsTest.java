package io.millrace.scheduler.launch.process;

import static io.millrace.scheduler.launch.process.Orders.attempt;
import static io.millrace.scheduler.launch.process.Orders.gang;
import static io.millrace.scheduler.launch.process.Orders.shell;
import static io.millrace.scheduler.launch.process.Stage.launch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.events.Cause;
import io.millrace.scheduler.launch.LogLine;
import io.millrace.scheduler.launch.LogPosition;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLogsTest {
  @TempDir Path folder;
  private Stage stage;
  private ProcessExecutor server;
  private ProcessLogs logs;

  @BeforeEach
  void setUp() {
    stage = new Stage(folder);
    server = stage.server("a");
    logs = new ProcessLogs(folder);
  }

  @AfterEach
  void tearDown() throws Exception {
    logs.close();
    stage.close();
  }

  private AssertSubscriber<LogLine> follow(String task, long request) {
    return logs.lines(attempt(task), LogPosition.START, true)
        .subscribe()
        .withSubscriber(AssertSubscriber.create(request));
  }

  private List<LogLine> read(String task, LogPosition from) {
    return logs.lines(attempt(task), from, false).collect().asList().await().atMost(Stage.PATIENCE);
  }

  @Test
  void linesAreFollowedWhileTheyAreWritten() throws Exception {
    AssertSubscriber<LogLine> lines = follow("s", Long.MAX_VALUE);
    Path gate = stage.gate("gate");
    Path exit = stage.gate("exit");
    String script = "echo one; read x < %s; echo two >&2; read x < %s; printf three";
    launch(server, shell("s", script.formatted(gate, exit)));
    lines.awaitItems(1, Stage.PATIENCE);
    assertThat(lines.getItems()).containsExactly(new LogLine("stdout", 0, 4, "one"));
    Stage.open(gate);
    lines.awaitItems(2, Stage.PATIENCE);
    assertThat(lines.getItems()).last().isEqualTo(new LogLine("stderr", 0, 4, "two"));
    assertThat(read("s", LogPosition.START)).hasSize(2);
    Stage.open(exit);
    lines.awaitCompletion(Stage.PATIENCE);
    assertThat(lines.getItems()).last().isEqualTo(new LogLine("stdout", 0, 9, "three"));
  }

  @Test
  void readingGoesOnWhereItEnded() throws Exception {
    launch(server, shell("s", "echo a; echo b; echo c >&2"));
    stage.ended(attempt("s"));
    List<LogLine> all = read("s", LogPosition.START);
    assertThat(all).extracting(LogLine::text).containsExactlyInAnyOrder("a", "b", "c");
    LogPosition position = LogPosition.START.after(all.getFirst());
    assertThat(read("s", LogPosition.parse(position.toString())))
        .containsExactlyInAnyOrderElementsOf(all.subList(1, all.size()));
  }

  @Test
  void membersOfAGangAreToldApart() throws Exception {
    launch(server, gang("g", 2, "echo $MILLRACE_NODE_INDEX"));
    stage.ended(attempt("g"));
    List<LogLine> lines = read("g", LogPosition.START);
    assertThat(lines)
        .containsExactlyInAnyOrder(
            new LogLine("stdout", 0, 2, "0"), new LogLine("stdout", 1, 2, "1"));
    assertThat(LogPosition.START.after(lines.get(0)).after(lines.get(1)))
        .hasToString("out.1:2,out:2");
  }

  @Test
  void onlyWhatIsAskedForIsEmitted() throws Exception {
    launch(server, shell("s", "seq 1 5000"));
    AssertSubscriber<LogLine> lines = follow("s", 2);
    lines.awaitItems(2, Stage.PATIENCE);
    stage.ended(attempt("s"));
    assertThat(lines.getItems()).hasSize(2);
    lines.request(Long.MAX_VALUE).awaitCompletion(Stage.PATIENCE);
    assertThat(lines.getItems()).hasSize(5_000);
  }

  @Test
  void attemptThatIsNotThereHasNoLinesAndIsWaitedForWhenFollowed() throws Exception {
    assertThat(read("none", LogPosition.START)).isEmpty();
    AssertSubscriber<LogLine> lines = follow("none", 10);
    lines.assertNotTerminated();
    lines.cancel();
    AssertSubscriber<LogLine> cancelled = follow("c", 10);
    Stage.cancel(server, attempt("c"), Cause.of(Cause.Kind.CANCELLED, "no"));
    cancelled.awaitCompletion(Stage.PATIENCE).assertHasNotReceivedAnyItem();
  }

  @Test
  void positionsAreCompact() {
    assertThat(LogPosition.parse("out:123,err:45")).hasToString("out:123,err:45");
    assertThat(LogPosition.parse("")).isEqualTo(LogPosition.START);
    assertThatThrownBy(() -> LogPosition.parse("out:x")).hasMessageContaining("'out:x'");
  }
}
