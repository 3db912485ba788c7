package io.millrace.scheduler.objects;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A cloud's emulator as a process of its own on the loopback interface. */
final class Emulator implements AutoCloseable {
  /** The first start installs it, which takes minutes. */
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Process process;
  private final int port;

  private Emulator(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Microsoft's own, with its well-known account. */
  static Emulator azurite() throws Exception {
    return start("azurite", "successfully listens");
  }

  static Emulator fakeGcs() throws Exception {
    return start("fake-gcs-server", "server started");
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly().onExit().get();
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits for the line by which it says that it is ready. */
  private static Emulator start(String name, String ready) throws Exception {
    int port = free();
    Process process =
        new ProcessBuilder(
                System.getProperty("millrace.home") + "/bin/emulator", name, Integer.toString(port))
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    var started = new CompletableFuture<Emulator>();
    var said = new StringBuffer();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              // To the end: a full pipe would stop it.
              process
                  .inputReader()
                  .lines()
                  .forEach(
                      line -> {
                        said.append(line).append('\n');
                        if (line.contains(ready)) {
                          started.complete(new Emulator(process, port));
                        }
                      });
              started.completeExceptionally(new IOException("it ended"));
            });
    try {
      return started.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException never) {
      process.destroyForcibly();
      throw new IOException(
          "%s did not say '%s' within %s, it said: %s".formatted(name, ready, PATIENCE, said),
          never);
    }
  }
}
