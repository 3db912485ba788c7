package io.millrace.scheduler.launch.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A data folder with servers on it, and steps that wait for the test. */
final class Stage implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final Duration GRACE = Duration.ofMillis(300);

  final Path folder;
  final DataFolder data;
  final RecordingSink sink = new RecordingSink();
  private final List<Closeable> closing = new ArrayList<>();
  private final List<ProcessExecutor> servers = new ArrayList<>();

  Stage(Path folder) {
    this.folder = folder;
    this.data = new DataFolder(folder);
  }

  ProcessExecutor server(String id) {
    return server(id, sink);
  }

  ProcessExecutor server(String id, RecordingSink sink) {
    var server = new ProcessExecutor(folder, id, GRACE, sink, Clock.systemUTC());
    server.start();
    servers.add(server);
    return server;
  }

  static Observation launch(ProcessExecutor server, Order.Launch order) {
    return server.launch(order).await().atMost(PATIENCE);
  }

  static void cancel(ProcessExecutor server, AttemptId of, Cause cause) {
    server.cancel(new Order.Cancel(of, cause, null)).await().atMost(PATIENCE);
  }

  /** A gate that a step waits at with {@code read x < gate}, until the test opens it. */
  Path gate(String name) throws Exception {
    Path gate = folder.resolve(name);
    assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
    return gate;
  }

  /** Returns when the step has come to the gate and gone on. */
  static void open(Path gate) throws IOException {
    Files.writeString(gate, "\n");
  }

  /** Opens a gate for all who come, until the stage is closed. */
  void openAll(Path gate) throws IOException {
    // Open in both directions it blocks nobody, and more lines than anybody reads wait in it.
    var open = new RandomAccessFile(gate.toFile(), "rw");
    closing.add(open);
    open.write("\n\n\n\n\n\n\n\n".getBytes(StandardCharsets.UTF_8));
  }

  /** Waits until something is true that shows in a folder. */
  static void await(Path folder, BooleanSupplier condition) throws Exception {
    var met = new CompletableFuture<Void>();
    try (FolderWatch watch = new FolderWatch();
        Closeable watching =
            watch.watch(
                folder,
                changed -> {
                  if (condition.getAsBoolean()) {
                    met.complete(null);
                  }
                })) {
      if (!condition.getAsBoolean()) {
        met.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  /** Waits until a step has written a file in the stage's folder. */
  String written(String name) throws Exception {
    Path file = folder.resolve(name);
    await(folder, () -> Files.exists(file) && file.toFile().length() > 0);
    return Files.readString(file).strip();
  }

  /** Waits for the end of a process that may be anybody's. */
  static void awaitDeath(String pid) throws Exception {
    var handle = ProcessHandle.of(Long.parseLong(pid));
    if (handle.isPresent()) {
      handle.get().onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** The markers of attempts whose end is not acknowledged. */
  List<String> active() {
    return Stream.of(data.active().toFile().list())
        .filter(name -> !name.startsWith("."))
        .sorted()
        .toList();
  }

  void awaitIdle() throws Exception {
    await(data.active(), () -> active().isEmpty());
  }

  /** What the attempt ended as, when its end is acknowledged. */
  Observation ended(AttemptId of) throws Exception {
    Observation end = sink.await(of);
    Path path = data.attempt(of).path();
    await(path, () -> data.attempt(of).hasEnded());
    return end;
  }

  static Cause cause(Observation end) {
    assertThat(end).isInstanceOf(Observation.Failed.class);
    return ((Observation.Failed) end).cause();
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(true));
    for (Closeable open : closing) {
      try {
        open.close();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
  }
}
