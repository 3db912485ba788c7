package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes die, sleep and come back while many runs are under way. */
class RandomKillsIT {
  private static final int WIDTH = 10;
  private static final int RUNS = 12;

  @TempDir Path folder;
  private Installation installation;
  private Starts starts;
  private final List<RunId> runs = new ArrayList<>();

  @BeforeEach
  void install() {
    installation = new Installation(folder);
    starts = new Starts(folder);
  }

  @AfterEach
  void remove() {
    installation.close();
  }

  private void ask(String replica, double seconds) {
    assertThat(
            installation
                .post(replica, "/api/v1/flows", starts.flow("kills", WIDTH, seconds))
                .statusCode())
        .isEqualTo(201);
    for (int i = 0; i < RUNS; i++) {
      runs.add(installation.publish("run-" + i, "kills", Map.of()));
    }
  }

  private void assertAllEnded() throws IOException {
    for (RunId run : runs) {
      assertThat(await(installation.events().end(run)))
          .as("run %s: %s\n%s", run, installation.events().of(run), installation.said())
          .isEqualTo("succeeded");
      starts.assertEachOnce(run, WIDTH);
    }
  }

  @Test
  void twoReplicasOfWhichOneIsKilledAndComesBack() throws IOException {
    installation.start("one");
    installation.start("two");
    ask("one", 0.3);
    await(installation.events().event("task.running", ".*/work-0/0"));

    installation.kill("one");
    await(installation.events().event("task.succeeded", runs.get(3) + "/work-5/0"));
    installation.start("one");
    installation.kill("two");
    installation.start("two");

    assertAllEnded();
    Audit.assertClean(installation.brokers());
  }

  @Test
  void aZombieWakesUpAndGoesOnForAWhile() throws IOException {
    installation.start("one");
    installation.start("two");
    ask("one", 0.3);
    await(installation.events().event("task.running", ".*/work-0/0"));

    installation.signal("one", "STOP");
    Heartbeats.awaitOwner(installation.brokers(), "two", 3);
    // Whoever owns the partitions goes on with them; only what runs beside the sleeper waits for
    // it.
    RunId meanwhile = installation.publish("meanwhile", "kills", Map.of());
    assertThat(await(installation.events().end(meanwhile))).isEqualTo("succeeded");
    installation.signal("one", "CONT");

    assertAllEnded();
    Audit.assertClean(installation.brokers());
  }

  @Test
  void theBrokerIsKilledAndComesBack() throws IOException {
    installation.start("one");
    ask("one", 0.3);
    await(installation.events().event("task.running", ".*/work-0/0"));

    installation.killParts();
    installation.startParts();
    await(installation.events().event("task.succeeded", runs.get(2) + "/work-5/0"));
    installation.killParts();
    installation.startParts();

    assertAllEnded();
    Audit.assertClean(installation.brokers());
  }

  @Test
  void everythingIsKilledAtOnce() throws IOException {
    installation.start("one");
    ask("one", 0.5);
    await(installation.events().event("task.running", ".*/work-0/0"));

    installation.kill("one");
    installation.killParts();
    installation.startParts();
    installation.start("one");

    assertAllEnded();
    Audit.assertClean(installation.brokers());
  }
}
