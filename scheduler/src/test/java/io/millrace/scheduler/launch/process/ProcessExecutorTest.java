package io.millrace.scheduler.launch.process;

import static io.millrace.scheduler.launch.process.Orders.attempt;
import static io.millrace.scheduler.launch.process.Orders.shell;
import static io.millrace.scheduler.launch.process.Stage.cause;
import static io.millrace.scheduler.launch.process.Stage.launch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Observation;
import io.millrace.events.Outcome;
import io.millrace.events.flow.FlowDocument.Container;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessExecutorTest {
  @TempDir Path folder;
  private Stage stage;
  private ProcessExecutor server;

  @BeforeEach
  void setUp() {
    stage = new Stage(folder);
    server = stage.server("a");
  }

  @AfterEach
  void tearDown() {
    stage.close();
  }

  @Test
  void runningIsToldAndThenTheEnd() throws Exception {
    Path gate = stage.gate("gate");
    Observation running = launch(server, shell("start", "read x < " + gate));
    assertThat(running)
        .isInstanceOfSatisfying(
            Observation.Running.class, r -> assertThat(r.where()).matches("pid \\d+ on .+"));
    assertThat(stage.active()).containsExactly("run-1~start~0");
    Stage.open(gate);
    assertThat(stage.ended(attempt("start")))
        .isEqualTo(new Observation.Succeeded(attempt("start"), Outcome.SUCCESS));
    stage.awaitIdle();
    assertThat(launch(server, shell("start", "exit 9")))
        .isEqualTo(new Observation.Launched(attempt("start")));
    assertThat(stage.sink.published).hasSize(1);
  }

  @Test
  void outcomeIsReadAndCopied() throws Exception {
    launch(
        server,
        shell(
            "pick",
            "printf '{\"v\":1,\"ok\":true,\"next\":\"left\"}' > \"$MILLRACE_OUTCOME_FILE\""));
    assertThat(stage.ended(attempt("pick")))
        .isInstanceOfSatisfying(
            Observation.Succeeded.class, s -> assertThat(s.outcome().next()).isEqualTo("left"));
    assertThat(folder.resolve("data/weather/run-1/pick/pick/outcome.json"))
        .content()
        .contains("left");
  }

  @Test
  void outcomeThatIsNotOkFailsInSpiteOfExitCodeZero() throws Exception {
    launch(
        server,
        shell(
            "s", "printf '{\"v\":1,\"ok\":false,\"error\":\"no data\"}' > $MILLRACE_OUTCOME_FILE"));
    assertThat(cause(stage.ended(attempt("s")))).isEqualTo(Cause.userError(0, "no data"));
  }

  @Test
  void outcomeThatIsTooLongOrNoJsonFails() throws Exception {
    launch(server, shell("long", "head -c 5000 /dev/zero > $MILLRACE_OUTCOME_FILE"));
    launch(server, shell("bad", "echo oops > $MILLRACE_OUTCOME_FILE"));
    assertThat(cause(stage.ended(attempt("long"))).message())
        .contains("5000 bytes")
        .contains("4096");
    assertThat(cause(stage.ended(attempt("bad"))))
        .satisfies(cause -> assertThat(cause.kind()).isEqualTo(Kind.USER_ERROR));
  }

  @Test
  void failureTellsTheCodeAndTheEndOfStderr() throws Exception {
    launch(server, shell("s", "for i in $(seq 1 100); do echo line $i >&2; done; exit 3"));
    Cause cause = cause(stage.ended(attempt("s")));
    assertThat(cause.kind()).isEqualTo(Kind.USER_ERROR);
    assertThat(cause.exitCode()).isEqualTo(3);
    assertThat(cause.message()).startsWith("exit code 3").endsWith("line 100");
    assertThat(cause.message()).contains("line 81\n").doesNotContain("line 80\n");
  }

  @Test
  void signalIsNamed() throws Exception {
    launch(server, shell("s", "kill -SEGV $$"));
    assertThat(cause(stage.ended(attempt("s"))).message())
        .startsWith("killed by SIGSEGV (exit code 139)");
  }

  @Test
  void commandThatIsNotThereIsTheStepsOwnFailure() throws Exception {
    var container = new Container(null, List.of("no-such-program"), null, null, null);
    launch(server, Orders.launch(attempt("s"), container, 0, Map.of(), Orders.LATER));
    Cause cause = cause(stage.ended(attempt("s")));
    assertThat(cause.exitCode()).isEqualTo(127);
    assertThat(cause.message()).contains("no-such-program: not found");
  }

  @Test
  void shellBuiltInsAreNoCommands() throws Exception {
    var container = new Container(null, List.of("exit", "0"), null, null, null);
    launch(server, Orders.launch(attempt("s"), container, 0, Map.of(), Orders.LATER));
    assertThat(cause(stage.ended(attempt("s"))).exitCode()).isEqualTo(127);
  }

  @Test
  void withoutCommandItIsRejected() {
    var container = new Container("python:3", null, null, null, null);
    Observation result =
        launch(server, Orders.launch(attempt("s"), container, 0, Map.of(), Orders.LATER));
    assertThat(result)
        .isInstanceOfSatisfying(
            Observation.Rejected.class,
            r -> assertThat(r.message()).contains("give the step a command"));
  }

  @Test
  void workingDirectoryHasToExist() throws Exception {
    var container = new Container(null, List.of("true"), null, null, "/no/such/folder");
    Observation result =
        launch(server, Orders.launch(attempt("s"), container, 0, Map.of(), Orders.LATER));
    assertThat(result)
        .isInstanceOfSatisfying(
            Observation.Rejected.class, r -> assertThat(r.message()).contains("/no/such/folder"));
    assertThat(stage.active()).isEmpty();
  }

  @Test
  void orderThatIsTooOldIsExpired() throws Exception {
    var order =
        Orders.launch(
            attempt("s"),
            Orders.container("true"),
            0,
            Map.of(),
            Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(launch(server, order)).isEqualTo(new Observation.Expired(attempt("s")));
    assertThat(stage.active()).isEmpty();
  }

  @Test
  void argumentsThatAreTooLongAreRejected() {
    var container = new Container(null, List.of("true", "x".repeat(200_000)), null, null, null);
    assertThat(launch(server, Orders.launch(attempt("s"), container, 0, Map.of(), Orders.LATER)))
        .isInstanceOf(Observation.Rejected.class);
  }

  @Test
  void environmentNamesThatShellsDropArePassedOn() throws Exception {
    var container =
        new Container(
            null,
            List.of("sh", "-c"),
            List.of("env > " + folder + "/env"),
            Map.of("a.b", "1"),
            null);
    var order =
        Orders.launch(attempt("s"), container, 0, Map.of("size", IntNode.valueOf(7)), Orders.LATER);
    launch(server, order);
    stage.ended(attempt("s"));
    assertThat(Files.readAllLines(folder.resolve("env")))
        .contains("MILLRACE_PARAM_SIZE=7", "MILLRACE_TASK_ID=s");
  }

  @Test
  void endIsPublishedUntilItIsAcknowledged() throws Exception {
    stage.sink.refusals.set(3);
    launch(server, shell("s", "true"));
    assertThat(stage.ended(attempt("s"))).isInstanceOf(Observation.Succeeded.class);
    stage.awaitIdle();
    assertThat(stage.sink.published).hasSize(1);
  }

  @Test
  void whatACommandLeavesBehindEndsWithIt() throws Exception {
    launch(server, shell("s", "sleep 600 & echo $! > " + folder + "/child"));
    stage.ended(attempt("s"));
    Stage.awaitDeath(stage.written("child"));
  }

  @Test
  void wrapperThatWasKilledIsLostAndItsGroupEnds() throws Exception {
    String script = "echo $$ > %1$s/child; sleep 600".formatted(folder);
    launch(server, shell("s", script));
    String child = stage.written("child");
    var claim = (Claim.Run) stage.data.attempt(attempt("s")).claim().orElseThrow();
    ProcessHandle.of(claim.process().pid()).orElseThrow().destroyForcibly();
    assertThat(cause(stage.ended(attempt("s"))).kind()).isEqualTo(Kind.LOST);
    Stage.awaitDeath(child);
  }

  @Test
  void nothingIsCarriedOutBeforeTheStart() {
    var idle = new ProcessExecutor(folder, "b", Stage.GRACE, stage.sink, Clock.systemUTC());
    assertThatThrownBy(() -> launch(idle, shell("s", "true"))).hasMessageContaining("not started");
    assertThatThrownBy(
            () -> new ProcessExecutor(folder, "a/b", Stage.GRACE, stage.sink, Clock.systemUTC()))
        .hasMessageContaining("a/b");
  }

  @Test
  void twoServersOfOneIdAreRefused() {
    var twin = new ProcessExecutor(folder, "a", Stage.GRACE, stage.sink, Clock.systemUTC());
    assertThatThrownBy(twin::start).hasMessageContaining("server id 'a' is in use");
  }
}
