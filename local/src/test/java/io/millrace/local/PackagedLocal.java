package io.millrace.local;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The packaged program under test, and how long a test waits for an event before it calls it lost.
 */
final class PackagedLocal {
  static final Path JAR =
      Path.of(System.getProperty("millrace.home"), "local", "target", "millrace-local.jar");

  private PackagedLocal() {}

  static ChildJvm.Builder parts(Path data) {
    return ChildJvm.main(JAR.toString(), PartsMain.class.getName())
        .jvmOptions("-Xmx512m", "-XX:+UseSerialGC")
        .arguments("--data", data.toString(), "--with-parent");
  }

  static <T> T await(CompletableFuture<T> event) {
    return event.orTimeout(60, TimeUnit.SECONDS).join();
  }
}
