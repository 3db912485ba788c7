package io.millrace.scheduler.launch.process;

import static io.millrace.scheduler.launch.process.Orders.attempt;
import static io.millrace.scheduler.launch.process.Orders.shell;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.unchecked.Unchecked;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtMostOnceTest {
  @TempDir Path folder;

  @Test
  void twentyDeliveriesToTwoServersAreOneStart() throws Exception {
    try (var stage = new Stage(folder)) {
      List<ProcessExecutor> servers = List.of(stage.server("a"), stage.server("b"));
      Path gate = stage.gate("gate");
      Order.Launch order =
          shell("s", "echo start >> %s/starts; read x < %s".formatted(folder, gate));
      var deliveries = new ArrayList<Uni<Observation>>();
      for (int i = 0; i < 20; i++) {
        deliveries.add(servers.get(i % 2).launch(order));
      }
      List<Observation> results =
          Uni.join().all(deliveries).andFailFast().await().atMost(Stage.PATIENCE);
      assertThat(results)
          .allMatch(r -> r instanceof Observation.Running || r instanceof Observation.Deferred)
          .anyMatch(Observation.Running.class::isInstance);
      Stage.open(gate);
      stage.ended(attempt("s"));
      assertThat(Files.readAllLines(folder.resolve("starts"))).hasSize(1);
      assertThat(stage.sink.published).hasSize(1);
    }
  }

  @Test
  void fiftyRacesOfBareWrappersHaveOneWinnerEach() throws Exception {
    var data = new DataFolder(folder);
    data.create();
    var wrappers = new Wrappers(data, new StepEnvironment(System.getenv(), data), Stage.GRACE);
    wrappers.install();
    for (int race = 0; race < 50; race++) {
      Order.Launch order = shell("race-" + race, "echo start >> starts");
      AttemptFolder attempt = data.attempt(order.of());
      Member member = attempt.members().getFirst();
      List<Uni<Wrappers.Start>> starts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        starts.add(
            Uni.createFrom()
                .item(Unchecked.supplier(() -> wrappers.start(order, attempt, member)))
                .runSubscriptionOn(task -> Thread.ofVirtual().start(task)));
      }
      List<Wrappers.Start> results =
          Uni.join().all(starts).andFailFast().await().atMost(Stage.PATIENCE);
      assertThat(results).filteredOn(Wrappers.Start.Claimed.class::isInstance).hasSize(1);
      assertThat(results).filteredOn(Wrappers.Start.Taken.class::isInstance).hasSize(2);
      for (Wrappers.Start start : results) {
        if (start instanceof Wrappers.Start.Claimed claimed) {
          claimed.end().toCompletableFuture().get();
        }
      }
      assertThat(data.task(order.flow(), order.of()).resolve("starts")).hasContent("start");
    }
  }

  @Test
  void wrapperThatLeadsNoGroupOfItsOwnRunsNothing() throws Exception {
    var data = new DataFolder(folder);
    data.create();
    new Wrappers(data, new StepEnvironment(System.getenv(), data), Stage.GRACE).install();
    Path script = data.scripts().resolve("attempt.sh");
    String path = folder.toString();
    Process wrapper =
        new ProcessBuilder("sh", script.toString(), path, path, "touch", path + "/ran").start();
    assertThat(wrapper.waitFor()).isEqualTo(76);
    assertThat(wrapper.inputReader().readLine()).contains("setsid");
    assertThat(folder.resolve("ran")).doesNotExist();
  }
}
