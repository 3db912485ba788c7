package io.millrace.scheduler.launch.kubernetes;

import io.millrace.local.ChildJvm;
import io.millrace.local.PartsMain;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A broker in a process of its own, for an application that runs in the test's. Everything that
 * both keep is in one folder, which goes with them.
 */
public final class BrokerBeside implements QuarkusTestResourceLifecycleManager {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Path folder;
  private ChildJvm parts;

  @Override
  public Map<String, String> start() {
    try {
      folder = Files.createTempDirectory("millrace-broker-beside");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    Path jar = Path.of(System.getProperty("millrace.home"), "local/target/millrace-local.jar");
    parts =
        ChildJvm.main(jar.toString(), PartsMain.class.getName())
            .jvmOptions("-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .arguments("--data", folder.resolve("parts").toString(), "--with-parent")
            .output(line -> {})
            .start();
    String brokers =
        parts.ready().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join().address("broker");
    return Map.of(
        "kafka.bootstrap.servers", brokers, "millrace.data", folder.resolve("executor").toString());
  }

  /** Called when the application has stopped, and also where {@link #start} has failed. */
  @Override
  public void stop() {
    if (parts != null) {
      parts.kill();
    }
    try {
      Files.walkFileTree(folder, new Removal());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure)
        throws IOException {
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
