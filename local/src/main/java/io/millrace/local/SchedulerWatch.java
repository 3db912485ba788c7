package io.millrace.local;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Keeps one scheduler running until local mode is asked to stop, and never leaves one behind. */
final class SchedulerWatch implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int DEATHS = 5;
  private static final Duration SPAN = Duration.ofMinutes(1);

  private final ChildJvm.Builder program;
  private final SchedulerPid pid;
  private final CompletableFuture<Void> parts;
  private final CompletableFuture<Void> stop;
  private final Greeting greeting;
  private final Consumer<String> say;
  private ChildJvm scheduler;

  /**
   * @param parts completes when there is what the scheduler needs; nobody is greeted before
   * @param stop completes when local mode is to end
   */
  SchedulerWatch(
      ChildJvm.Builder program,
      SchedulerPid pid,
      CompletableFuture<Void> parts,
      CompletableFuture<Void> stop,
      Greeting greeting,
      Consumer<String> say) {
    this.program = program;
    this.pid = pid;
    this.parts = parts;
    this.stop = stop;
    this.greeting = greeting;
    this.say = say;
  }

  /** Starts the scheduler; it waits for its broker by itself. */
  void start() {
    scheduler = program.start();
    pid.write(scheduler.handle());
    scheduler.ready().thenAcceptBoth(parts, (ready, started) -> greeting.ready(ready));
  }

  /**
   * Starts it again whenever it ends; returns when asked to stop.
   *
   * @throws LocalModeException if the scheduler keeps dying
   */
  void run() {
    var deaths = new RecentDeaths(DEATHS, SPAN);
    while (true) {
      CompletableFuture.anyOf(stop, scheduler.exited()).join();
      if (stop.isDone()) {
        return;
      }
      if (deaths.isOneTooMany(Instant.now())) {
        throw new LocalModeException(
            "The scheduler ended %d times within a minute, the last time with exit code %d. Its own lines above say why."
                .formatted(DEATHS, scheduler.exited().join()));
      }
      say.accept(
          "The scheduler ended by itself with exit code "
              + scheduler.exited().join()
              + "; starting it again.");
      start();
    }
  }

  /** Stops the scheduler; returns when it has ended. */
  @Override
  public void close() {
    if (scheduler != null) {
      scheduler.stop(PATIENCE);
      pid.clear();
    }
  }
}
