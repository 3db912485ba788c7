package io.millrace.it.bench;

import com.fasterxml.jackson.databind.node.IntNode;
import io.millrace.events.Order;
import io.millrace.events.RunId;
import io.millrace.it.Installation;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A new owner reads what an old one left: how long until it decides again, and what it weighs. */
final class RestoreBench {
  private final Installation installation;
  private final Clients clients;
  private final int partitions;
  private final String[] settings;

  RestoreBench(Installation installation, int partitions, String... settings) {
    this.installation = installation;
    this.clients = new Clients(installation.brokers());
    this.partitions = partitions;
    this.settings = settings;
  }

  /** A thousand runs of ten steps, each somewhere in the middle. */
  void thousandRuns(Path folder) throws Exception {
    Optional<AotCache> cache = cache(folder);
    installation.start("one", settings);
    installation.post("one", "/api/v1/flows", TransitionBench.chain("ten", 10));
    var half = new CountDownLatch(1000 * 5);
    try (var executor = new InstantExecutor(clients, partitions, (order, received) -> {})) {
      executor.onOrder(
          order -> {
            int step = Integer.parseInt(order.of().task().step().value().substring(1));
            if (step < 5) {
              executor.succeed(order);
              half.countDown();
            }
          });
      for (int i = 0; i < 1000; i++) {
        installation.publishAsync("live-" + i, "ten", Map.of());
      }
      half.await(2, TimeUnit.MINUTES);
    }
    double rss = Memory.residentMiB(installation.process("one"));
    Report.print("RSS of the server with 1,000 live runs", rss, "MiB", 512.0, "limit: the goal");
    restart("restore of 1,000 live runs of 10 steps", 1.0, cache);
  }

  /** A hundred thousand tasks in flight. */
  void hundredThousandTasks(Path folder) throws Exception {
    Optional<AotCache> cache = cache(folder);
    installation.start("one", settings);
    installation.post("one", "/api/v1/flows", WideForeachBench.FLOW.formatted(100_000));
    var ordered = new CountDownLatch(WideForeachBench.WIDTH);
    try (var executor = new InstantExecutor(clients, partitions, (order, received) -> {})) {
      executor.onOrder(
          order -> {
            if (order.of().task().step().value().equals("start")) {
              executor.succeed(order);
            } else {
              ordered.countDown();
            }
          });
      RunId run =
          installation.publish(
              "flight", "wide", Map.of("width", IntNode.valueOf(WideForeachBench.WIDTH)));
      if (!ordered.await(5, TimeUnit.MINUTES)) {
        throw new IllegalStateException(run + ": not all were ordered");
      }
      // The last of them is in a checkpoint when its event is out.
      Installation.await(
          installation.events().event("task.ordered", run + "/work-" + (100_000 - 1) + "/0"));
    }
    restart("restore of 100,000 live tasks", 3.0, cache);
    installation.post("one", "/api/v1/runs/" + RunId.derived("test", "flight") + "/cancel", "");
  }

  private void restart(String figure, double goal, Optional<AotCache> cache) {
    restart(figure, goal, "no AOT cache");
    cache.ifPresent(
        learnt -> {
          installation.jvmOptions(learnt.usedBy(installation.jvmOptions()));
          restart(figure + ", with an AOT cache", goal, "AOT cache as in the image");
        });
  }

  private void restart(String figure, double goal, String how) {
    installation.kill("one");
    long began = System.nanoTime();
    installation.start("one", settings);
    double ready = (System.nanoTime() - began) / 1e9;
    var loop = new LoopFigures(installation);
    Report.print(
        figure,
        loop.most("millrace_loop_restore_seconds_max"),
        "s",
        goal,
        "limit: the goal; the longest of the partitions; %.1f s from the JVM's start to ready; %s"
            .formatted(ready, how));
  }

  /** What a scheduler learns that runs a few flows; empty where this JDK can't keep it. */
  private Optional<AotCache> cache(Path folder) throws Exception {
    if (!AotCache.isPossible()) {
      return Optional.empty();
    }
    AotCache.Training fewRuns =
        () -> {
          installation.post("one", "/api/v1/flows", TransitionBench.chain("few", 10));
          try (var executor = new InstantExecutor(clients, partitions, (order, received) -> {})) {
            executor.onOrder(executor::succeed);
            for (int i = 0; i < 10; i++) {
              RunId run = installation.publish("few-" + i, "few", Map.of());
              Installation.await(installation.events().end(run));
            }
          }
        };
    return Optional.of(
        AotCache.learnt(installation, folder.resolve("scheduler.aot"), fewRuns, settings));
  }

  /** Kills the owner while orders flow, and waits for the next one. */
  void takeover() throws Exception {
    installation.start("one", settings);
    installation.start("two", settings);
    installation.post("two", "/api/v1/flows", TransitionBench.chain("long", 300));
    var last = new AtomicLong();
    var gap = new AtomicLong();
    var go = new CountDownLatch(500);
    var more = new CountDownLatch(1500);
    try (var executor = new InstantExecutor(clients, partitions, (order, received) -> {})) {
      executor.onOrder(
          (Order.Launch order) -> {
            long now = System.nanoTime();
            gap.accumulateAndGet(now - last.getAndSet(now), Math::max);
            executor.succeed(order);
            go.countDown();
            more.countDown();
          });
      last.set(System.nanoTime());
      installation.publish("takeover", "long", Map.of());
      installation.publish("takeover-b", "long", Map.of());
      go.await(1, TimeUnit.MINUTES);
      gap.set(0);
      String owner = Owners.of(clients, RunId.derived("test", "takeover"), partitions);
      installation.kill(owner);
      long killed = System.nanoTime();
      Installation.await(installation.events().end(RunId.derived("test", "takeover")));
      Report.print(
          "takeover by a second replica, kill -9 to the next order",
          gap.get() / 1e9,
          "s",
          3.0,
          "limit: the goal; run ended %.1f s after the kill"
              .formatted((System.nanoTime() - killed) / 1e9));
    }
  }
}
