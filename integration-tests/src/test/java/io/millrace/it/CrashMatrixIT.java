package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.RunId;
import io.millrace.local.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The scheduler dies at each moment that makes a difference, early and late in a run, and a
 * successor goes on: nothing is lost, and nothing is started twice.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashMatrixIT {
  private static final int WIDTH = 8;

  private Installation installation;
  private Starts starts;
  private int runs;

  @BeforeAll
  void install(@TempDir Path folder) {
    installation = new Installation(folder);
    starts = new Starts(folder);
    installation.start("one");
    assertThat(installation.post("one", "/api/v1/flows", starts.flow("matrix", WIDTH, 0.2)))
        .extracting(response -> response.statusCode())
        .isEqualTo(201);
    installation.kill("one");
  }

  @AfterAll
  void remove() {
    installation.close();
  }

  @ParameterizedTest(name = "halted at {0}, the {1}th time")
  @CsvSource({
    "decided,1", "decided,12", "ordered,1", "ordered,9", "acknowledged,1", "acknowledged,3",
    "writing,1", "writing,3", "committed,1", "committed,3", "launching,1", "launching,6",
    "launched,1", "launched,7", "reported,1", "reported,5",
  })
  void aRunGoesOnAfterTheSchedulerDied(String milestone, int time) throws IOException {
    RunId run = installation.publish("matrix-" + runs++, "matrix", Map.of());
    ChildJvm doomed = installation.launch("one", "millrace.halt-at=" + milestone + ":" + time);
    assertThat(await(doomed.exited())).isEqualTo(137);

    installation.start("one");

    assertEnded(run);
  }

  @ParameterizedTest(name = "halted at {0} of a takeover")
  @CsvSource({"fenced,1", "fenced,3", "restored,1", "restored,2"})
  void aRunGoesOnAfterItsSuccessorDiedInTheTakeover(String milestone, int time) throws IOException {
    RunId run = installation.publish("takeover-" + runs++, "matrix", Map.of());
    ChildJvm first = installation.launch("one", "millrace.halt-at=committed:2");
    assertThat(await(first.exited())).isEqualTo(137);
    ChildJvm second = installation.launch("one", "millrace.halt-at=" + milestone + ":" + time);
    assertThat(await(second.exited())).isEqualTo(137);

    installation.start("one");

    assertEnded(run);
  }

  private void assertEnded(RunId run) throws IOException {
    assertThat(await(installation.events().end(run)))
        .as(installation.said())
        .isEqualTo("succeeded");
    starts.assertEachOnce(run, WIDTH);
    installation.kill("one");
    Audit.assertClean(installation.brokers());
  }
}
