package io.millrace.local;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Keeps one scheduler running until local mode is asked to stop, and never leaves one behind. */
final class SchedulerWatch {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int DEATHS = 5;
  private static final Duration SPAN = Duration.ofMinutes(1);

  private final ChildJvm.Builder program;
  private final SchedulerPid pid;
  private final CompletableFuture<Void> stop;
  private final Greeting greeting;
  private final Consumer<String> say;

  SchedulerWatch(
      ChildJvm.Builder program,
      SchedulerPid pid,
      CompletableFuture<Void> stop,
      Greeting greeting,
      Consumer<String> say) {
    this.program = program;
    this.pid = pid;
    this.stop = stop;
    this.greeting = greeting;
    this.say = say;
  }

  /**
   * Returns when asked to stop and the scheduler has ended.
   *
   * @throws LocalModeException if the scheduler keeps dying
   */
  void run() {
    var deaths = new RecentDeaths(DEATHS, SPAN);
    while (!stop.isDone()) {
      ChildJvm scheduler = program.start();
      pid.write(scheduler.handle());
      scheduler.ready().thenAccept(greeting::ready);
      CompletableFuture.anyOf(stop, scheduler.exited()).join();
      if (stop.isDone()) {
        scheduler.stop(PATIENCE);
      } else if (deaths.isOneTooMany(Instant.now())) {
        pid.clear();
        throw new LocalModeException(
            "The scheduler ended %d times within a minute, the last time with exit code %d. Its own lines above say why."
                .formatted(DEATHS, scheduler.exited().join()));
      } else {
        say.accept(
            "The scheduler ended by itself with exit code "
                + scheduler.exited().join()
                + "; starting it again.");
      }
      pid.clear();
    }
  }
}
