package io.millrace.local;

import java.util.concurrent.CompletableFuture;

/**
 * SIGINT and SIGTERM as a future, so that a program ends in its own main thread, closing what it
 * opened in the reverse order, instead of in a shutdown hook that races with it.
 *
 * <p>The JVM tells of a signal only by running its shutdown hooks. The hook here passes the news on
 * and then holds the JVM until {@link #exit} is called.
 */
final class StopSignal {
  private final CompletableFuture<Void> asked = new CompletableFuture<>();
  private final CompletableFuture<Integer> finished = new CompletableFuture<>();

  private StopSignal() {}

  /** From here on this process ends by {@link #exit} or by a kill, and by nothing else. */
  static StopSignal install() {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::holdTheJvm, "stop-signal"));
    return signal;
  }

  private void holdTheJvm() {
    asked.complete(null);
    // Without halt the exit code would speak of the signal, though everything was closed in order.
    Runtime.getRuntime().halt(finished.join());
  }

  /** Completes when somebody asked this process to stop. */
  CompletableFuture<Void> asked() {
    return asked.copy();
  }

  /** Ends this process; to be called when everything is closed. */
  void exit(int code) {
    finished.complete(code);
    System.exit(code);
  }
}
