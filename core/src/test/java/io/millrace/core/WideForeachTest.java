package io.millrace.core;

import static io.millrace.core.Flows.flow;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.EntityKey.StatusKey;
import io.millrace.events.AttemptId;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskRanges;
import io.millrace.events.flow.FlowDocuments;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A foreach of any width against plain lists, and what a very wide one costs. */
class WideForeachTest {
  private static final String FLOW =
      """
      limits: {maxParallelTasks: %d}
      steps:
      - {name: start, next: {foreach: work}}
      - {name: work, next: {switch: [join, rare]}}
      - {name: rare, next: join}
      - {name: join, join: true}
      """;

  /** A foreach where the branches that {@code rare} names take another way. */
  private static void check(int width, int parallel, List<Integer> arrivals, int rare) {
    Story story = Story.given(flow(FLOW.formatted(parallel))).start();
    story.succeeded("start", Outcome.splitting(width));
    var expected = new ArrayList<String>();
    for (int i = 0; i < width; i++) {
      expected.add((i % rare == 0 ? "rare-" : "work-") + i);
    }
    for (int index : arrivals) {
      assertThat(story.launch("join")).isNull();
      assertThat(story.launch("work-" + index)).as("work-%d", index).isNotNull();
      boolean other = index % rare == 0;
      story.succeeded("work-" + index, Outcome.taking(StepName.of(other ? "rare" : "join")));
      if (other) {
        story.succeeded("rare-" + index);
      }
    }
    assertThat(story.launch("join")).as("join after %s", arrivals).isNotNull();
    assertThat(TaskRanges.expand(story.launch("join").inputs())).isEqualTo(expected);
    story.succeeded("join").thenStands(RunState.Result.SUCCEEDED);
  }

  @Test
  void everyOrderOfArrivalOfSmallWidths() {
    for (int width = 1; width <= 5; width++) {
      permute(new ArrayList<>(), width);
    }
  }

  private static void permute(List<Integer> begun, int width) {
    if (begun.size() == width) {
      check(width, width, begun, 2);
      check(width, width, begun, 99);
      return;
    }
    for (int i = 0; i < width; i++) {
      if (!begun.contains(i)) {
        var longer = new ArrayList<>(begun);
        longer.add(i);
        permute(longer, width);
      }
    }
  }

  @Test
  void widthsAtTheEdgesOfChunks() {
    for (int width : List.of(1023, 1024, 1025, 2048, 2049)) {
      var arrivals = new ArrayList<Integer>();
      for (int i = 0; i < width; i++) {
        arrivals.add(i);
      }
      check(width, 1, arrivals, 100);
      Collections.shuffle(arrivals, new Random(width));
      check(width, width, arrivals, 100);
      Collections.reverse(arrivals);
      check(width, width, arrivals, 5000);
    }
  }

  @Test
  void inputsThatNoOrderCanHoldFailTheRun() {
    Story story = Story.given(flow(FLOW.formatted(100))).start();
    int width = 60_000;
    story.succeeded("start", Outcome.splitting(width));
    for (int index = 0; index < width; index++) {
      boolean other = index % 2 == 0;
      story.succeeded("work-" + index, Outcome.taking(StepName.of(other ? "rare" : "join")));
      if (other) {
        story.succeeded("rare-" + index);
      }
    }
    story.then().thenStands(RunState.Result.FAILED);
    assertThat(((RunState.Ended) story.state()).message())
        .startsWith(
            "the inputs of join 'join' take 588890 characters, at most 500000 fit into an order; ");
  }

  private static final int WIDTH = 100_000;
  private static final int PARALLEL = 100;
  private static final int BATCH = 50;

  @Test
  void aHundredThousandBranchesStaySmallInTheState() {
    var costs = new Costs();
    FlowRef ref = FlowDocuments.ref(flow(FLOW.formatted(PARALLEL)));
    costs.take(new Command.FlowDefined(ref, flow(FLOW.formatted(PARALLEL))));
    costs.take(
        new Command.RunStart(
            RunId.of("run"), ref, Map.of(), 0, List.of(), List.of(), null, List.of()));
    var random = new SplittableRandom(1);
    while (!costs.live.isEmpty()) {
      AttemptId of = costs.next(random);
      String step = of.task().step().value();
      costs.take(new Observation.Launched(of));
      costs.take(new Observation.Running(of, "node"));
      Outcome outcome =
          switch (step) {
            case "start" -> Outcome.splitting(WIDTH);
            case "work" ->
                Outcome.taking(StepName.of(of.task().splitIndex() % 1000 == 0 ? "rare" : "join"));
            default -> Outcome.SUCCESS;
          };
      costs.take(new Observation.Succeeded(of, outcome));
    }
    costs.checkpoint();
    var status = (Entity.Status) costs.log.state().get(new StatusKey(RunId.of("run")));
    assertThat(status.state()).isInstanceOf(RunState.Ended.class);
    assertThat(TaskRanges.expand(costs.join.inputs())).hasSize(WIDTH);
    assertThat(costs.join.inputs()).hasSizeLessThan(WIDTH / 400);
    System.out.printf(
        "foreach: %d branches, at most %d entities, %d bytes of state a branch%n",
        WIDTH, costs.mostEntities, costs.bytes / WIDTH);
    assertThat(costs.mostEntities).isLessThan(3 * PARALLEL + WIDTH / Entity.Chunk.SIZE + 20);
    assertThat(costs.bytes / WIDTH).isLessThanOrEqualTo(1024);
  }

  /** Folds a log and counts what a checkpoint every few commands would write. */
  private static final class Costs {
    private final CommandLog log = new CommandLog(new State(0, 1), Position.START);
    private final Map<EntityKey, Entity> changed = new HashMap<>();
    private final List<AttemptId> live = new ArrayList<>();
    private Order.Launch join;
    private long offset;
    private long bytes;
    private int mostEntities;

    void take(Command command) {
      var taken =
          (CommandLog.Taken.Decided)
              log.take(offset++, Recording.BEGIN.plusMillis(offset), Json.write(command));
      for (Change change : taken.decision().changes()) {
        changed.put(change.key(), change.entity());
      }
      for (Order order : taken.decision().orders()) {
        var read = (Decoded.Understood<Order>) Json.read(Json.write(order), Order.class, "order");
        var launch = (Order.Launch) read.value();
        live.add(launch.of());
        join = launch.of().task().step().value().equals("join") ? launch : join;
      }
      mostEntities = Math.max(mostEntities, log.state().entities().size());
      if (offset % BATCH == 0) {
        checkpoint();
      }
    }

    AttemptId next(SplittableRandom random) {
      int index = random.nextInt(live.size());
      AttemptId of = live.set(index, live.getLast());
      live.removeLast();
      return of;
    }

    void checkpoint() {
      changed.forEach(
          (key, entity) -> {
            bytes += key.text().length();
            bytes += entity == null ? 0 : EntityCodec.write(entity).length;
          });
      changed.clear();
    }
  }
}
