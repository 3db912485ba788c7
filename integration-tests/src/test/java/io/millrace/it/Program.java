package io.millrace.it;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end. */
final class Program {
  private static final long MINUTES = 5;

  private Program() {}

  /**
   * What it wrote, on both of its streams.
   *
   * @throws AssertionError with that, when it does not end with 0
   */
  static String run(Map<String, String> variables, String... command) throws Exception {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(variables);
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<String> said =
        CompletableFuture.supplyAsync(
            () -> {
              try (var output = process.getInputStream()) {
                return new String(output.readAllBytes(), StandardCharsets.UTF_8);
              } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
              }
            });
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(List.of(command) + " has not ended; it said: " + said.join());
    }
    if (process.exitValue() != 0) {
      throw new AssertionError(
          "%s ended with %d; it said: %s"
              .formatted(List.of(command), process.exitValue(), said.join()));
    }
    return said.join();
  }
}
