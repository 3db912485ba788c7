package io.millrace.it.soak;

import io.millrace.events.RunId;
import io.millrace.it.Audit;
import io.millrace.it.Installation;
import io.millrace.it.Starts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Two replicas under load while processes are killed, stopped and woken at random, and strangers
 * write nonsense. Ends with 0 when every run succeeded, every attempt was started once, and the
 * audit is clean.
 */
public final class SoakMain {
  private static final int WIDTH = 10;
  private static final int BATCH = 4;

  private final SplittableRandom random;
  private final Installation installation;
  private final Starts starts;
  private final List<RunId> runs = new ArrayList<>();
  private final Map<String, Integer> done = new java.util.TreeMap<>();
  private final Set<String> asleep = new HashSet<>();

  private SoakMain(long seed, Path folder) {
    random = new SplittableRandom(seed);
    installation = new Installation(folder);
    starts = new Starts(folder);
  }

  public static void main(String[] args) throws Exception {
    int minutes = Integer.parseInt(args[0]);
    long seed =
        args.length > 1 ? Long.parseLong(args[1]) : new SplittableRandom().nextLong(1 << 30);
    System.out.printf("soak: %d minutes, seed %d%n", minutes, seed);
    var soak = new SoakMain(seed, Files.createTempDirectory("millrace-soak"));
    try {
      soak.run(Duration.ofMinutes(minutes));
    } finally {
      soak.installation.close();
    }
    System.exit(0);
  }

  private void run(Duration time) throws Exception {
    installation.start("one");
    installation.start("two");
    installation.post("one", "/api/v1/flows", starts.flow("soak", WIDTH, 0.3));
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      for (int i = 0; i < BATCH; i++) {
        runs.add(installation.publish("soak-" + runs.size(), "soak", Map.of()));
      }
      nonsense();
      strike();
      // Between two blows something has to go on. What a stopped scheduler has launched is told
      // when
      // it wakes: it is alive, and nobody takes its processes over.
      if (asleep.isEmpty()) {
        Installation.await(
            installation.events().event("task.succeeded", runs.getLast() + "/start/0"));
      }
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(3_000)).toNanos());
    }
    wake();
    for (RunId run : runs) {
      String state = Installation.await(installation.events().end(run));
      if (!state.equals("succeeded")) {
        throw new AssertionError(
            "run %s %s: %s".formatted(run, state, installation.events().of(run)));
      }
      starts.assertEachOnce(run, WIDTH);
    }
    Audit.assertClean(installation.brokers());
    System.out.printf(
        "soak: %d runs succeeded, %d attempts each started once, audit clean; blows: %s%n",
        runs.size(), runs.size() * (WIDTH + 6), done);
  }

  private void strike() throws Exception {
    String replica = random.nextBoolean() ? "one" : "two";
    int blow = random.nextInt(10);
    if (blow < 4) {
      count("kill -9 of a scheduler");
      asleep.remove(replica);
      installation.kill(replica);
      installation.start(replica);
    } else if (blow < 6 && asleep.isEmpty()) {
      count("stop of a scheduler");
      installation.signal(replica, "STOP");
      asleep.add(replica);
    } else if (blow < 7) {
      count("kill -9 of broker and object store");
      installation.killParts();
      installation.startParts();
    } else if (blow < 8) {
      count("kill -9 of everything");
      installation.kill("one");
      installation.kill("two");
      installation.killParts();
      asleep.clear();
      installation.startParts();
      installation.start("one");
      installation.start("two");
    }
    if (random.nextInt(3) == 0) {
      wake();
    }
  }

  private void wake() throws Exception {
    for (String replica : asleep) {
      installation.signal(replica, "CONT");
    }
    asleep.clear();
  }

  private void nonsense() {
    for (int i = 0; i < 20; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      byte[] text = ("{\"type\":\"succeeded\",\"of\":\"x" + i).getBytes(StandardCharsets.UTF_8);
      installation.send(
          new ProducerRecord<>(
              random.nextBoolean() ? "millrace.commands" : "millrace.run-requests",
              random.nextInt(3),
              bytes,
              random.nextBoolean() ? bytes : text));
      count("records of nonsense");
    }
  }

  private void count(String what) {
    done.merge(what, 1, Integer::sum);
  }
}
