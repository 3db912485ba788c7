package io.millrace.local;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the packaged scheduler is, and how local mode starts it. */
record SchedulerProgram(Path jar, List<String> jvmOptions) {
  private static final Path PACKAGED =
      Path.of("scheduler", "target", "quarkus-app", "quarkus-run.jar");

  /**
   * Looks at the wish, then in {@code MILLRACE_HOME}, then upwards from this program's own jar.
   *
   * @throws LocalModeException if it is in none of these places
   */
  static Path find(Optional<Path> wish) {
    if (wish.isPresent()) {
      return existing(wish.get(), "named by --scheduler-jar");
    }
    String home = System.getenv("MILLRACE_HOME");
    if (home != null && !home.isBlank()) {
      return existing(Path.of(home).resolve(PACKAGED), "looked for because of MILLRACE_HOME");
    }
    for (Path folder = ownJar(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve(PACKAGED))) {
        return folder.resolve(PACKAGED);
      }
    }
    throw new LocalModeException(
        "The scheduler (%s) is not in any folder above %s. Build it with 'make dev', or set MILLRACE_HOME."
            .formatted(PACKAGED, ownJar()));
  }

  private static Path existing(Path jar, String why) {
    if (!Files.exists(jar)) {
      throw new LocalModeException(
          "There is no scheduler at " + jar + ", " + why + ". Build it with 'make dev'.");
    }
    return jar;
  }

  private static Path ownJar() {
    try {
      return Path.of(
              SchedulerProgram.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the place of this program's own classes is not a file", e);
    }
  }

  /**
   * A child to start, with memory for one person's machine unless the options say otherwise.
   *
   * @param settings configuration of the scheduler, where a later entry of the same name replaced
   *     an earlier one
   */
  ChildJvm.Builder with(Map<String, String> settings) {
    var options = new ArrayList<String>();
    options.add("-Xmx512m");
    if (jvmOptions.stream().noneMatch(o -> o.matches("-XX:\\+Use\\w+GC"))) {
      options.add("-XX:+UseSerialGC");
    }
    options.addAll(jvmOptions);
    settings.forEach((key, value) -> options.add("-D" + key + "=" + value));
    return ChildJvm.jar(jar).jvmOptions(options);
  }

  /** The scheduler's settings in local mode, before a person's own. */
  static Map<String, String> settings(
      Parts parts, Path executorFolder, Path metadataFolder, int apiPort) {
    var settings = new LinkedHashMap<String, String>();
    settings.put("kafka.bootstrap.servers", parts.broker());
    settings.put("millrace.executor", "process");
    settings.put("millrace.replica", "local");
    // One of a kind: after a kill -9 its successor is the same member at once.
    for (String channel : List.of("run-requests", "orders", "trigger-events", "own-events")) {
      settings.put("mp.messaging.incoming." + channel + ".group.instance.id", "local");
    }
    settings.put("millrace.launch.stops-steps", "true");
    settings.put("millrace.launch.grace", "3s");
    settings.put("millrace.data", executorFolder.toString());
    settings.put("millrace.metadata.enabled", "true");
    settings.put("millrace.metadata.folder", metadataFolder.toString());
    settings.put("millrace.metadata.member", "local");
    settings.put("millrace.objects.s3.endpoint", parts.s3());
    settings.put("millrace.objects.s3.bucket", EmbeddedObjectStore.BUCKET);
    // The AWS SDK reads these three. In the environment they would reach the steps and hide a
    // person's own.
    settings.put("aws.region", EmbeddedObjectStore.REGION);
    settings.put("aws.accessKeyId", EmbeddedObjectStore.ACCESS_KEY);
    settings.put("aws.secretAccessKey", EmbeddedObjectStore.SECRET_KEY);
    // It may be there before its broker; a broker that goes later is said by who misses it.
    settings.put("quarkus.log.category.\"org.apache.kafka.clients.NetworkClient\".level", "ERROR");
    settings.put("quarkus.http.host", "127.0.0.1");
    settings.put("quarkus.http.port", Integer.toString(apiPort));
    return settings;
  }
}
