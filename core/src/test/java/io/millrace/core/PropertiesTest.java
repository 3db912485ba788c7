package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.RunState.Result;
import io.millrace.events.AttemptId;
import io.millrace.events.Order;
import io.millrace.events.TaskId;
import io.millrace.events.TaskRanges;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What holds for every flow, every order of things and every crash. {@code -Dmillrace.seed=…}
 * begins with the world that failed, {@code -Dmillrace.properties.commands=…} goes on for longer.
 */
class PropertiesTest {
  private static final long NEXT = 0x9e3779b97f4a7c15L;

  private final long seed = Long.getLong("millrace.seed", System.nanoTime());
  private final long wanted = Long.getLong("millrace.properties.commands", 1_000_000L);

  @Test
  void everyWorldEndsAsItMust() {
    long decided = 0;
    for (long world = seed; decided < wanted; world += NEXT) {
      try {
        decided += oneWorld(world);
      } catch (RuntimeException | AssertionError wrong) {
        throw new AssertionError("replay this world with -Dmillrace.seed=" + world, wrong);
      }
    }
    System.out.printf("properties: %d commands decided, seed %d%n", decided, seed);
  }

  private static long oneWorld(long seed) {
    var random = new SplittableRandom(seed);
    long shape = random.nextLong();
    boolean calm = random.nextBoolean();
    long decided = 0;
    for (int schedule = 0; schedule < 2; schedule++) {
      var world = new World(shape, random.nextLong(), calm);
      world.live();
      decided += world.decided();
      for (Plan plan : world.plans().values()) {
        checkRun(world, plan);
      }
      decided += takeOver(world, random);
    }
    return decided;
  }

  private static long takeOver(World world, SplittableRandom random) {
    long decided = 0;
    Map<String, String> end = Checkpoint.of(world.state());
    for (int crash = 0; crash < 2; crash++) {
      var owner =
          new SecondOwner(world.takings(), random.nextInt(world.takings().size() + 1), random);
      owner.follow(world.takings().size());
      assertThat(Checkpoint.of(owner.state())).isEqualTo(end);
      decided += owner.decided();
    }
    return decided;
  }

  /** The run launched what a naive evaluation says, with the inputs that it says. */
  private static void checkRun(World world, Plan plan) {
    Reference reference = plan.reference();
    var attempts = new HashSet<String>();
    var tasks = new TreeSet<String>();
    for (Map.Entry<AttemptId, Order.Launch> ordered : world.executor().orders().entrySet()) {
      AttemptId of = ordered.getKey();
      if (of.run().equals(plan.run())) {
        attempts.add(of.task() + "/" + of.attempt());
        tasks.add(of.task().toString());
        assertThat(TaskRanges.expand(ordered.getValue().inputs()))
            .as("inputs of %s", of)
            .isEqualTo(reference.inputs().get(of.task()));
      }
    }
    if (plan.from() != null) {
      checkResumed(world, plan, tasks);
    } else if (world.isCalm()) {
      assertThat(world.result(plan.run()))
          .isEqualTo(reference.failed() ? Result.FAILED : Result.SUCCEEDED);
      assertThat(reference.attempts()).containsAll(attempts);
      if (!reference.failed()) {
        assertThat(attempts).isEqualTo(reference.attempts());
      }
    }
  }

  /** What succeeded before was not launched again, all else was. */
  private static void checkResumed(World world, Plan plan, Set<String> launched) {
    Set<String> before = world.succeeded(plan.from());
    assertThat(before).as("launched again by %s", plan.run()).noneMatch(launched::contains);
    if (world.isCalm()) {
      assertThat(world.result(plan.run())).isEqualTo(Result.SUCCEEDED);
    }
    if (world.result(plan.run()) == Result.SUCCEEDED) {
      var all = new HashSet<>(before);
      all.addAll(launched);
      assertThat(all)
          .isEqualTo(
              plan.reference().inputs().keySet().stream()
                  .map(TaskId::toString)
                  .collect(Collectors.toSet()));
    }
  }
}
