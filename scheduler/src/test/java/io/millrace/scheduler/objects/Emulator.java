package io.millrace.scheduler.objects;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A cloud's emulator as a process of its own on the loopback interface. Its program is installed by
 * its own ecosystem's tool the first time and kept in {@code ~/.cache/millrace-test}.
 */
final class Emulator implements AutoCloseable {
  private static final Path CACHE =
      Path.of(System.getProperty("user.home"), ".cache", "millrace-test");
  private static final String AZURITE = "3.37.0";
  private static final String FAKE_GCS = "v1.56.1";

  /** Of a program that starts in a second or two. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final int port;

  private Emulator(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Microsoft's own, with its well-known account. */
  static Emulator azurite() throws Exception {
    Path home =
        installed(
            "azurite-" + AZURITE,
            folder ->
                run(
                    "npm, which installs Azurite; install Node.js 20 or newer with npm (Debian: apt-get install nodejs npm)",
                    Map.of(),
                    "npm",
                    "install",
                    "--prefix",
                    folder.toString(),
                    "--no-audit",
                    "--no-fund",
                    "--ignore-scripts",
                    "azurite@" + AZURITE));
    int port = free();
    return start(
        port,
        "successfully listens",
        "node",
        home.resolve("node_modules/azurite/dist/src/blob/main.js").toString(),
        "--blobHost",
        "127.0.0.1",
        "--blobPort",
        Integer.toString(port),
        "--inMemoryPersistence",
        // The SDK speaks a newer version of the protocol than the emulator knows by name.
        "--skipApiVersionCheck",
        "--disableTelemetry");
  }

  static Emulator fakeGcs() throws Exception {
    Path home =
        installed(
            "fake-gcs-server-" + FAKE_GCS,
            folder ->
                run(
                    "go, which builds fake-gcs-server; install Go 1.24 or newer (https://go.dev/dl)",
                    Map.of("GOBIN", folder.toString()),
                    "go",
                    "install",
                    "github.com/fsouza/fake-gcs-server@" + FAKE_GCS));
    int port = free();
    return start(
        port,
        "server started",
        home.resolve("fake-gcs-server").toString(),
        "-scheme",
        "http",
        "-host",
        "127.0.0.1",
        "-port",
        Integer.toString(port),
        // Requests for any other host are answered as requests for a bucket of that name.
        "-public-host",
        "127.0.0.1:" + port,
        "-backend",
        "memory");
  }

  String address() {
    return "http://127.0.0.1:" + port;
  }

  @Override
  public void close() throws Exception {
    process.destroyForcibly().onExit().get();
  }

  private interface Installation {
    void into(Path folder) throws Exception;
  }

  /** Installed beside and moved into place: what is there is whole. */
  private static Path installed(String name, Installation installation) throws Exception {
    Path home = CACHE.resolve(name);
    if (Files.isDirectory(home)) {
      return home;
    }
    Files.createDirectories(CACHE);
    Path unfinished = Files.createTempDirectory(CACHE, name + ".");
    installation.into(unfinished);
    try {
      return Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException another) {
      if (Files.isDirectory(home)) {
        // Another test run was faster.
        delete(unfinished);
        return home;
      }
      throw another;
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static void run(String needed, Map<String, String> environment, String... command)
      throws Exception {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException missing) {
      throw new IllegalStateException("this test needs " + needed, missing);
    }
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join(" ", command) + " failed: " + said);
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Waits for the line by which it says that it is ready. */
  private static Emulator start(int port, String ready, String... command) throws Exception {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
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
          "%s did not say '%s' within %s, it said: %s"
              .formatted(String.join(" ", command), ready, PATIENCE, said),
          never);
    }
  }
}
