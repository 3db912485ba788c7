package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.EntityKey.LimitKey;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.events.AttemptId;
import io.millrace.events.Command;
import io.millrace.events.FlowRef;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.flow.FlowDocuments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Limits that span partitions: permits move to where they are used and are never too many. */
class PermitsTest {
  private static final JsonNode FLOW =
      flow(
          """
          limits: {maxParallelTasksOfFlow: 6, maxParallelTasks: 50}
          steps:
          - {name: start, next: {foreach: work}}
          - {name: work, next: join}
          - {name: join, join: true}
          """);

  private final SplittableRandom random = new SplittableRandom(7);

  private static void start(Cluster cluster, int partition, String run) {
    FlowRef ref = FlowDocuments.ref(FLOW);
    cluster.take(partition, new Command.FlowDefined(ref, FLOW));
    cluster.take(
        partition,
        new Command.RunStart(
            RunId.of(run), ref, Map.of(), 0, List.of(), List.of(), null, List.of()));
  }

  private static void end(Cluster cluster, AttemptId attempt, int width) {
    Outcome outcome =
        attempt.task().step().value().equals("start") ? Outcome.splitting(width) : Outcome.SUCCESS;
    cluster.take(partitionOf(attempt.run()), new Observation.Succeeded(attempt, outcome));
  }

  private static int partitionOf(RunId run) {
    return Integer.parseInt(run.value().substring(1, 2));
  }

  /** Ends and delivers in any order until nothing happens any more. */
  private void settle(Cluster cluster, List<AttemptId> live, int width, int limit) {
    int steps = 0;
    while (!live.isEmpty() || cluster.deliver()) {
      assertThat(steps++).as("it settles").isLessThan(200_000);
      cluster.takeOrders().forEach(order -> live.add(((Order.Launch) order).of()));
      if (!live.isEmpty() && random.nextInt(3) == 0) {
        end(cluster, live.remove(random.nextInt(live.size())), width);
      } else if (!cluster.deliver() && !live.isEmpty()) {
        end(cluster, live.remove(random.nextInt(live.size())), width);
      }
      assertThat(cluster.active()).isLessThanOrEqualTo(limit);
      assertThat(cluster.active("story")).isLessThanOrEqualTo(6);
      cluster.takeOrders().forEach(order -> live.add(((Order.Launch) order).of()));
    }
  }

  @Test
  void limitsHoldOverAllPartitionsAndEveryRunEnds() {
    for (int round = 0; round < 60; round++) {
      int partitions = 1 + random.nextInt(5);
      int limit = 1 + random.nextInt(12);
      var cluster = new Cluster(partitions, random);
      cluster.takeEverywhere(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, limit));
      var runs = new ArrayList<RunId>();
      for (int i = 0; i < 2 * partitions; i++) {
        RunId run = RunId.of("p" + random.nextInt(partitions) + "-" + i);
        runs.add(run);
        start(cluster, partitionOf(run), run.value());
      }
      settle(cluster, new ArrayList<>(), 8, limit);
      for (RunId run : runs) {
        var status = (Entity.Status) cluster.state(partitionOf(run)).get(new StatusKey(run));
        assertThat(status.state()).as("%s of %s", run, cluster).isInstanceOf(RunState.Ended.class);
      }
      for (int i = 0; i < partitions; i++) {
        assertThat(cluster.state(i).permits(State.ALL).counted()).isZero();
      }
    }
  }

  @Test
  void aBoundThatIsLoweredHoldsAsSoonAsAttemptsEnd() {
    var cluster = new Cluster(2, random);
    cluster.takeEverywhere(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, 6));
    start(cluster, 0, "p0-a");
    start(cluster, 1, "p1-a");
    var live = new ArrayList<AttemptId>();
    run(cluster, live, 300);
    assertThat(cluster.active()).isEqualTo(6);
    cluster.takeEverywhere(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, 2));
    run(cluster, live, 60);
    for (int i = 0; i < 40; i++) {
      end(cluster, live.removeFirst(), 100);
      run(cluster, live, 60);
    }
    assertThat(cluster.active()).isEqualTo(2);
  }

  @Test
  void aBoundThatIsRaisedReachesWhoWaits() {
    var cluster = new Cluster(2, random);
    cluster.takeEverywhere(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, 1));
    start(cluster, 0, "p0-a");
    run(cluster, new ArrayList<>(), 100);
    start(cluster, 1, "p1-a");
    run(cluster, new ArrayList<>(), 100);
    assertThat(cluster.active()).isEqualTo(1);
    cluster.takeEverywhere(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, 2));
    run(cluster, new ArrayList<>(), 100);
    assertThat(cluster.active()).isEqualTo(2);
    cluster.takeEverywhere(new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, 0));
    assertThat(cluster.active()).isEqualTo(2);
  }

  /** Delivers; the starts of runs end with a wide foreach. */
  private static void run(Cluster cluster, List<AttemptId> live, int messages) {
    for (int i = 0; i < messages; i++) {
      cluster.deliver();
      for (Order order : cluster.takeOrders()) {
        AttemptId of = order.of();
        if (messages != 100 && of.task().step().value().equals("start")) {
          end(cluster, of, 100);
        } else {
          live.add(of);
        }
      }
    }
  }

  @Test
  void permitsThatNobodyElseHasGoToWhoAsksInBlocks() {
    var cluster = new Cluster(1, random);
    cluster.take(0, new Command.SettingChanged(Decider.MAX_PARALLEL_TASKS, 100));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 0, 1, 0, 1_000_000, 1_000_000));
    var limit = (Entity.Limit) cluster.state(0).get(new LimitKey("flow/x"));
    assertThat(limit.shares().get(0).allowance()).isEqualTo(1_000_000);
  }

  @Test
  void manyPermitsAreGivenOutAndCalledBackQuickly() {
    var cluster = new Cluster(3, random);
    long begun = System.nanoTime();
    cluster.take(0, new Command.PermitsDemanded("flow/x", 0, 1, 0, 1_000_000, 1_000_000));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 1, 1, 400_000, 1_000_000, 1_000_000));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 2, 1, 0, 999_999, 7));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    var limit = (Entity.Limit) cluster.state(0).get(new LimitKey("flow/x"));
    assertThat(limit.shares().values().stream().mapToInt(Entity.Limit.Share::offered).sum())
        .isEqualTo(7);
  }

  @Test
  void permitsAreSharedEvenlyAndTheRestGoesToWhoWaitedLongest() {
    var cluster = new Cluster(3, random);
    cluster.take(0, new Command.PermitsDemanded("flow/x", 0, 1, 8, 8, 8));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 2, 1, 0, 9, 8));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 1, 1, 0, 9, 8));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 0, 2, 1, 1, 8));
    var limit = (Entity.Limit) cluster.state(0).get(new LimitKey("flow/x"));
    assertThat(limit.shares().get(0).allowance()).isEqualTo(1);
    assertThat(limit.shares().get(1).allowance()).isEqualTo(3);
    assertThat(limit.shares().get(2).allowance()).isEqualTo(4);
  }

  @Test
  void aDemandThatComesTwiceOrLateChangesNothing() {
    var cluster = new Cluster(2, random);
    cluster.take(0, new Command.PermitsDemanded("flow/x", 1, 5, 3, 3, 4));
    var before = Checkpoint.of(cluster.state(0));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 1, 5, 3, 3, 4));
    cluster.take(0, new Command.PermitsDemanded("flow/x", 1, 4, 0, 0, 4));
    cluster.take(0, new Command.PermitsGranted("flow/x", 0, 1, 1, 9, 9));
    assertThat(Checkpoint.of(cluster.state(0))).isEqualTo(before);
  }
}
