package io.millrace.scheduler.launch.process;

import static io.millrace.scheduler.launch.process.Orders.attempt;
import static io.millrace.scheduler.launch.process.Orders.gang;
import static io.millrace.scheduler.launch.process.Stage.cause;
import static io.millrace.scheduler.launch.process.Stage.launch;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Observation;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GangTest {
  private static final AttemptId G = attempt("g");
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
  void membersKnowTheirPlaceAndTheFirstOnesOutcomeCounts() throws Exception {
    Path gate = stage.gate("gate");
    String script =
        "echo $MILLRACE_NODE_INDEX/$MILLRACE_NUM_NODES@$MILLRACE_MAIN_ADDRESS >"
            + " %s/$MILLRACE_NODE_INDEX;read x < %s; echo"
            + " '{\"v\":1,\"ok\":true,\"mappers\":3,\"next\":\"n'$MILLRACE_NODE_INDEX'\"}' >"
            + " $MILLRACE_OUTCOME_FILE";
    Observation running = launch(server, gang("g", 3, script.formatted(folder, gate)));
    assertThat(((Observation.Running) running).where()).startsWith("pids ");
    for (int i = 0; i < 3; i++) {
      assertThat(stage.written("" + i)).isEqualTo(i + "/3@127.0.0.1");
    }
    stage.openAll(gate);
    assertThat(stage.ended(G))
        .isInstanceOfSatisfying(
            Observation.Succeeded.class, s -> assertThat(s.outcome().next()).isEqualTo("n0"));
    assertThat(stage.sink.published).hasSize(1);
  }

  @Test
  void firstFailureStopsTheRestAndNamesTheMember() throws Exception {
    Path gate = stage.gate("gate");
    String script =
        "echo $$ > %1$s/pid$MILLRACE_NODE_INDEX;"
            + "if [ $MILLRACE_NODE_INDEX = 1 ]; then read x < %2$s; echo broken >&2; exit 7; fi;"
            + "trap '' TERM; sleep 600; sleep 600";
    launch(server, gang("g", 3, script.formatted(folder, gate)));
    String first = stage.written("pid0");
    String last = stage.written("pid2");
    Stage.open(gate);
    Cause cause = cause(stage.ended(G));
    assertThat(cause.exitCode()).isEqualTo(7);
    assertThat(cause.message()).startsWith("member 1 of 3: exit code 7").contains("broken");
    Stage.awaitDeath(first);
    Stage.awaitDeath(last);
  }

  @Test
  void oneStartForManyDeliveriesToTwoServers() throws Exception {
    var other = stage.server("b");
    Path gate = stage.gate("gate");
    var order = gang("g", 2, "echo s >> %s/starts; read x < %s".formatted(folder, gate));
    for (int i = 0; i < 4; i++) {
      launch(i % 2 == 0 ? server : other, order);
    }
    stage.openAll(gate);
    stage.ended(G);
    assertThat(folder.resolve("starts")).hasContent("s\ns");
  }
}
