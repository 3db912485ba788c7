package io.millrace.scheduler.launch.process;

import static io.millrace.scheduler.launch.process.Orders.attempt;
import static io.millrace.scheduler.launch.process.Orders.shell;
import static io.millrace.scheduler.launch.process.Stage.cause;
import static io.millrace.scheduler.launch.process.Stage.launch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryTest {
  private static final AttemptId S = attempt("s");
  @TempDir Path folder;
  private Stage stage;

  @BeforeEach
  void setUp() {
    stage = new Stage(folder);
  }

  @AfterEach
  void tearDown() {
    stage.close();
  }

  /** A server in a JVM of its own. */
  private record Victim(Process process, BufferedReader says, BufferedWriter hears) {
    static Victim start(Path folder, String id) throws Exception {
      String classPath =
          System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
      var builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
              "-cp",
              classPath,
              ServerMain.class.getName(),
              folder.toString(),
              id);
      Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      var victim = new Victim(process, process.inputReader(), process.outputWriter());
      assertThat(victim.says.readLine()).isEqualTo("started");
      return victim;
    }

    String launch(String task, String script) throws Exception {
      hears.write(task + " " + script + "\n");
      hears.flush();
      return says.readLine();
    }

    void kill() throws Exception {
      process.destroyForcibly().onExit().get();
    }
  }

  @Test
  void killedServersStepGoesOnAndANewServerPublishesItsEnd() throws Exception {
    Path gate = stage.gate("gate");
    Victim victim = Victim.start(folder, "a");
    String script = "echo s >> %1$s/starts; read x < %2$s; exit 5".formatted(folder, gate);
    assertThat(victim.launch("s", script)).startsWith("Running");
    victim.kill();
    // The order had not been acknowledged, so it comes again.
    var server = stage.server("a");
    assertThat(launch(server, shell("s", script))).isInstanceOf(Observation.Running.class);
    Stage.open(gate);
    assertThat(cause(stage.ended(S)).exitCode()).isEqualTo(5);
    assertThat(folder.resolve("starts")).hasContent("s");
    stage.awaitIdle();
  }

  @Test
  void endDuringTheServersAbsenceIsPublishedByTheNext() throws Exception {
    Path gate = stage.gate("gate");
    Victim victim = Victim.start(folder, "a");
    victim.launch("s", "read x < %s".formatted(gate));
    victim.kill();
    Stage.open(gate);
    Member member = stage.data.attempt(S).members().getFirst();
    Stage.await(member.path(), () -> member.exit().isPresent());
    stage.server("b");
    assertThat(stage.ended(S)).isInstanceOf(Observation.Succeeded.class);
    stage.awaitIdle();
  }

  @Test
  void neighboursDeathIsNoticedAtOnce() throws Exception {
    stage.server("early");
    Path gate = stage.gate("gate");
    Victim victim = Victim.start(folder, "a");
    // One that came before and one that comes after; one of them takes it over.
    stage.server("late");
    victim.launch("s", "read x < %s".formatted(gate));
    victim.launch("t", "exit 2");
    assertThat(victim.says.readLine()).contains("run-1/t/0");
    victim.kill();
    assertThat(cause(stage.ended(attempt("t"))).exitCode()).isEqualTo(2);
    Stage.open(gate);
    assertThat(stage.ended(S)).isInstanceOf(Observation.Succeeded.class);
    stage.awaitIdle();
    assertThat(stage.sink.published).hasSize(2);
  }

  @Test
  void processThatVanishedDuringTheServersAbsenceIsLost() throws Exception {
    Victim victim = Victim.start(folder, "a");
    victim.launch("s", "echo $$ > %s/child; exec sleep 600".formatted(folder));
    String child = stage.written("child");
    victim.kill();
    var claim = (Claim.Run) stage.data.attempt(S).claim().orElseThrow();
    ProcessHandle.of(claim.process().pid()).orElseThrow().destroyForcibly();
    Stage.awaitDeath(Long.toString(claim.process().pid()));
    stage.server("a");
    assertThat(cause(stage.ended(S)).kind()).isEqualTo(Kind.LOST);
    Stage.awaitDeath(child);
  }

  @Test
  void anotherProcessOfTheSamePidIsNotTakenForTheStep() throws Exception {
    var server = stage.server("a");
    server.stop(false);
    AttemptFolder attempt = stage.data.attempt(S);
    attempt.create();
    var self = new ProcessId(ProcessHandle.current().pid(), 1, bootId());
    attempt.claim(new Claim.Run(self));
    Files.write(stage.data.marker(S), Json.write(new Ownership.Marker(S, "a")));
    stage.server("a");
    assertThat(cause(stage.ended(S)).kind()).isEqualTo(Kind.LOST);
  }

  private static String bootId() throws Exception {
    return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
  }

  @Test
  void whatWasNeverStartedIsLeftToItsOrder() throws Exception {
    stage.data.create();
    Files.write(stage.data.marker(S), Json.write(new Ownership.Marker(S, "dead")));
    var server = stage.server("a");
    stage.awaitIdle();
    assertThat(stage.sink.published).isEmpty();
    launch(server, shell("s", "true"));
    assertThat(stage.ended(S)).isInstanceOf(Observation.Succeeded.class);
  }

  @Test
  void cancelThatWasMarkedButNotCarriedOutIsCarriedOutByTheNext() throws Exception {
    Victim victim = Victim.start(folder, "a");
    victim.launch("s", "trap '' TERM; echo up > %s/up; sleep 600; sleep 600".formatted(folder));
    stage.written("up");
    victim.kill();
    Cause cause = Cause.of(Kind.CANCELLED, "by hand");
    stage.data.attempt(S).stop(cause);
    stage.server("b");
    assertThat(stage.ended(S)).isEqualTo(new Observation.Failed(S, cause));
  }

  @Test
  void stopLeavesStepsToTheNextServer() throws Exception {
    Path gate = stage.gate("gate");
    var first = stage.server("a");
    launch(first, shell("s", "read x < %s; exit 4".formatted(gate)));
    first.stop(false);
    assertThat(stage.active()).hasSize(1);
    stage.server("b");
    Stage.open(gate);
    assertThat(cause(stage.ended(S)).exitCode()).isEqualTo(4);
    assertThat(stage.sink.published).hasSize(1);
  }

  @Test
  void stopTerminatesStepsWhenAsked() throws Exception {
    var server = stage.server("a");
    launch(server, shell("s", "echo up > %s/up; exec sleep 600".formatted(folder)));
    stage.written("up");
    server.stop(true);
    assertThat(stage.sink.published)
        .containsExactly(
            new Observation.Failed(S, Cause.of(Kind.PREEMPTED, "the server was stopped")));
    assertThat(stage.active()).isEmpty();
  }

  @Test
  void foldersWithLongPathsDoNotKeepNeighboursApart() throws Exception {
    Path deep = Files.createDirectories(folder.resolve("x".repeat(120)));
    try (var far = new Stage(deep)) {
      var first = far.server("a");
      far.server("b");
      launch(first, shell("s", "exit 0"));
      far.ended(S);
      far.awaitIdle();
      launch(first, shell("t", "echo up > %s/up; exec sleep 600".formatted(deep)));
      far.written("up");
      first.stop(false);
      AttemptFolder attempt = far.data.attempt(attempt("t"));
      Stage.await(
          far.data.active(),
          () -> {
            try {
              return Files.readString(far.data.marker(attempt.of())).contains("\"owner\":\"b\"");
            } catch (java.io.IOException replaced) {
              return false;
            }
          });
    }
  }
}
