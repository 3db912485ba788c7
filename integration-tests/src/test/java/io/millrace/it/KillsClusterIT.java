package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.RunId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two schedulers and two watchers, of which one after the other is killed under load: no run is
 * lost and no attempt is started twice, counted inside the containers. {@code -Dmillrace.kills=50}
 * makes it a campaign, {@code -Dmillrace.seed=} repeats one.
 */
class KillsClusterIT {
  private static final int WIDTH = 4;
  private static final List<String> REPLICAS =
      List.of("scheduler-1", "scheduler-2", "watcher-1", "watcher-2");

  @TempDir private Path folder;
  private Namespace namespace;
  private Installation installation;

  @BeforeEach
  void install() {
    namespace = new Namespace();
    installation = new Installation(folder);
    for (String replica : REPLICAS) {
      start(replica);
    }
  }

  @AfterEach
  void remove() {
    installation.close();
    namespace.close();
  }

  private void start(String replica) {
    String roles = replica.startsWith("watcher") ? "watcher" : "scheduler,api";
    installation.start(
        replica,
        namespace.settings("millrace.roles=" + roles, "millrace.policy.host-paths=" + folder));
  }

  @Test
  void whoeverIsKilledNothingIsLostAndNothingIsStartedTwice() throws Exception {
    int kills = Integer.getInteger("millrace.kills", 5);
    long seed = Long.getLong("millrace.seed", System.nanoTime());
    System.out.println("kills=" + kills + " seed=" + seed);
    var random = new Random(seed);
    var job = Starts.inPods(folder, "job");
    var pod = Starts.inPods(folder, "pod");
    deploy(job.flow("as-job", WIDTH, 0.5));
    deploy(pod.flow("as-pod", WIDTH, 0.5));
    var runs = new ArrayList<RunId>();

    for (int i = 0; i < kills; i++) {
      RunId first = installation.publish("job-" + i, "as-job", Map.of());
      runs.add(first);
      runs.add(installation.publish("pod-" + i, "as-pod", Map.of()));
      // Another moment of the run each time.
      String step = List.of("start", "fan", "work-0", "work-1", "gather").get(i % 5);
      await(installation.events().event("task.succeeded", first + "/" + step + "/.*"));
      String victim = REPLICAS.get(random.nextInt(REPLICAS.size()));
      installation.kill(victim);
      start(victim);
    }

    for (RunId run : runs) {
      assertThat(await(installation.events().end(run)))
          .as(
              "seed %d, run %s: %s\n%s",
              seed, run, installation.events().of(run), installation.said())
          .isEqualTo("succeeded");
      job.assertEachOnce(run, WIDTH);
    }
    Audit.assertClean(installation.brokers());
  }

  private void deploy(String flow) {
    var answer = installation.post("scheduler-1", "/api/v1/flows", flow);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
  }
}
