package io.millrace.it.bench;

import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.it.Installation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * From an observation to the next order, at several rates, beside the bare hop at the same rate.
 */
final class TransitionBench {
  private static final int STEPS = 700;
  private static final int RUNS = 130;

  private final Installation installation;
  private final Map<RunId, Long> sent = new ConcurrentHashMap<>();
  private final BlockingQueue<Order.Launch> ready = new LinkedBlockingQueue<>();
  private volatile Latencies latencies = new Latencies(0);
  private volatile CountDownLatch arrived = new CountDownLatch(0);

  TransitionBench(Installation installation) {
    this.installation = installation;
  }

  static String chain(String name, int steps) {
    String list =
        IntStream.range(0, steps)
            .mapToObj(
                i ->
                    "  - {name: s%d, container: {command: [\"true\"]}%s}"
                        .formatted(i, i + 1 < steps ? ", next: s" + (i + 1) : ""))
            .collect(Collectors.joining("\n"));
    return "name: " + name + "\nsteps:\n" + list + "\n";
  }

  /**
   * @param jvm options of the schedulers, which the limit gets too
   */
  void run(Clients clients, List<String> jvm) throws Exception {
    installation.post("one", "/api/v1/flows", chain("chain", STEPS));
    try (var bare = new BareHop(installation, "bare", false, jvm);
        var transactional = new BareHop(installation, "transactional", true, jvm);
        var executor = new InstantExecutor(clients, 1, this::ordered)) {
      for (int i = 0; i < RUNS; i++) {
        installation.publish("chain-" + i, "chain", Map.of());
      }
      for (int i = 0; i < 12; i++) {
        // Warm all three: what is compared is how they run, not how they are compiled.
        bare.pass(1000, 4000);
        transactional.pass(200, 600);
        pass(executor, 1000, 4000);
      }
      var before = new LoopFigures(installation);
      long began = System.nanoTime();
      for (List<Integer> pass : List.of(List.of(1, 15), List.of(100, 1000), List.of(1000, 6000))) {
        int rate = pass.get(0);
        int times = pass.get(1);
        Latencies hop = bare.pass(rate, times);
        Latencies engine = pass(executor, rate, times);
        Latencies transaction = transactional.pass(rate, times);
        print(rate, hop, engine, transaction);
      }
      new LoopFigures(installation).printSince(before, (System.nanoTime() - began) / 1e9);
    }
  }

  private static void print(int rate, Latencies hop, Latencies engine, Latencies transaction) {
    for (int percent : new int[] {50, 99}) {
      String figure = "observation to next order, %d/s, p%d".formatted(rate, percent);
      Report.print(
          figure,
          engine.percentile(percent),
          "ms",
          hop.percentile(percent),
          "limit: the bare hop; transactional hop %.1f ms; %d of %d arrived"
              .formatted(transaction.percentile(percent), engine.count(), hop.count()));
    }
  }

  private Latencies pass(InstantExecutor executor, int perSecond, int times)
      throws InterruptedException {
    latencies = new Latencies(times);
    arrived = new CountDownLatch(times);
    Pace.run(
        perSecond,
        times,
        i -> {
          Order.Launch order = next();
          ProducerRecord<byte[], byte[]> done = InstantExecutor.success(order, Outcome.SUCCESS);
          sent.put(order.of().run(), System.nanoTime());
          executor.send(done);
        });
    arrived.await(30, TimeUnit.SECONDS);
    return latencies;
  }

  private Order.Launch next() {
    try {
      Order.Launch order = ready.poll(30, TimeUnit.SECONDS);
      if (order == null) {
        throw new IllegalStateException("no order came for 30 s");
      }
      return order;
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  private void ordered(Order.Launch order, long received) {
    Long at = sent.remove(order.of().run());
    if (at != null) {
      latencies.add(received - at);
      arrived.countDown();
    }
    ready.add(order);
  }
}
