package io.millrace.scheduler.launch.process;

import static io.millrace.scheduler.launch.process.Orders.attempt;
import static io.millrace.scheduler.launch.process.Orders.gang;
import static io.millrace.scheduler.launch.process.Orders.shell;
import static io.millrace.scheduler.launch.process.Stage.cancel;
import static io.millrace.scheduler.launch.process.Stage.launch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Observation;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CancelTest {
  private static final Cause CANCELLED = Cause.of(Kind.CANCELLED, "a person asked for it");
  private static final Cause TIMEOUT = Cause.of(Kind.TIMEOUT, "too slow");
  private static final AttemptId S = attempt("s");

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
  void cancelledBeforeItsOrderItNeverStarts() throws Exception {
    cancel(server, S, CANCELLED);
    assertThat(stage.ended(S)).isEqualTo(new Observation.Failed(S, CANCELLED));
    assertThat(launch(server, shell("s", "touch " + folder + "/ran")))
        .isEqualTo(new Observation.Launched(S));
    cancel(server, S, CANCELLED);
    assertThat(folder.resolve("ran")).doesNotExist();
    assertThat(stage.sink.published).hasSize(1);
  }

  @Test
  void gangThatWasCancelledBeforeItsOrderNeverStarts() throws Exception {
    cancel(server, attempt("g"), CANCELLED);
    launch(server, gang("g", 3, "touch " + folder + "/ran"));
    assertThat(stage.ended(attempt("g")))
        .isEqualTo(new Observation.Failed(attempt("g"), CANCELLED));
    assertThat(folder.resolve("ran")).doesNotExist();
  }

  @Test
  void runningAttemptEndsWithTheOrdersCause() throws Exception {
    launch(server, shell("s", "echo $$ > %s/pid; exec sleep 600".formatted(folder)));
    stage.written("pid");
    cancel(server, S, TIMEOUT);
    cancel(server, S, CANCELLED);
    assertThat(stage.ended(S)).isEqualTo(new Observation.Failed(S, TIMEOUT));
    stage.awaitIdle();
  }

  @Test
  void stepMayCleanUpBeforeItEnds() throws Exception {
    Path gate = stage.gate("gate");
    String script =
        "trap 'echo bye > %1$s/bye; exit 0' TERM; echo up > %1$s/up; while :; do read x < %2$s;"
            + " done";
    launch(server, shell("s", script.formatted(folder, gate)));
    stage.written("up");
    cancel(server, S, CANCELLED);
    assertThat(stage.ended(S)).isEqualTo(new Observation.Failed(S, CANCELLED));
    assertThat(folder.resolve("bye")).hasContent("bye");
  }

  @Test
  void stepThatIgnoresSigtermIsKilledAfterTheGraceWithItsGrandchildren() throws Exception {
    String script =
        "trap '' TERM; sh -c 'echo $$ > %1$s/grandchild; sleep 600; sleep 600' & echo up > %1$s/up;"
            + " wait";
    launch(server, shell("s", script.formatted(folder)));
    stage.written("up");
    String grandchild = stage.written("grandchild");
    cancel(server, S, CANCELLED);
    assertThat(stage.ended(S)).isEqualTo(new Observation.Failed(S, CANCELLED));
    Stage.awaitDeath(grandchild);
  }

  @Test
  void attemptOfAnotherServerIsStoppedToo() throws Exception {
    var other = stage.server("b");
    launch(
        server,
        shell("s", "trap '' TERM; echo up > %s/up; sleep 600; sleep 600".formatted(folder)));
    stage.written("up");
    cancel(other, S, CANCELLED);
    assertThat(stage.ended(S)).isEqualTo(new Observation.Failed(S, CANCELLED));
    stage.awaitIdle();
    assertThat(stage.sink.published).hasSize(1);
  }

  @Test
  void attemptThatHadEndedKeepsItsResult() throws Exception {
    stage.sink.refusals.set(1);
    launch(server, shell("s", "exit 3"));
    Member member = stage.data.attempt(S).members().getFirst();
    Stage.await(member.path(), () -> member.exit().isPresent());
    cancel(server, S, CANCELLED);
    assertThat(Stage.cause(stage.ended(S)).exitCode()).isEqualTo(3);
  }

  @Test
  void stopMarkedWhileTheWrapperStartsIsNotMissed() throws Exception {
    // The mark alone, as a server leaves it that is killed between the mark and the claim.
    AttemptFolder attempt = stage.data.attempt(S);
    attempt.create();
    attempt.stop(CANCELLED);
    launch(server, shell("s", "touch " + folder + "/ran"));
    assertThat(stage.ended(S)).isEqualTo(new Observation.Failed(S, CANCELLED));
    assertThat(folder.resolve("ran")).doesNotExist();
  }
}
