package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.Digests;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where everything is, in the folder that servers share:
 *
 * <pre>
 * attempts/&lt;run&gt;/&lt;task&gt;/&lt;attempt&gt;/   an attempt, and what it writes
 * active/&lt;run&gt;~&lt;task&gt;~&lt;attempt&gt;     who observes it, until its end is acknowledged
 * servers/&lt;id&gt;.lock, &lt;id&gt;.sock       who is there
 * scripts/                           the wrappers
 * data/&lt;flow&gt;/&lt;run&gt;/&lt;step&gt;/&lt;task&gt;/  the steps' own
 * </pre>
 */
record DataFolder(Path root) {
  /** Leaves room below the 255 bytes that file names may have. */
  private static final int LONGEST_NAME = 200;

  DataFolder {
    root = root.toAbsolutePath().normalize();
  }

  void create() throws IOException {
    for (Path folder : new Path[] {active(), servers(), scripts(), root.resolve("attempts")}) {
      Files.createDirectories(folder);
    }
  }

  Path active() {
    return root.resolve("active");
  }

  Path marker(AttemptId of) {
    String name = of.toString().replace('/', '~');
    return active().resolve(name.length() <= LONGEST_NAME ? name : Digests.sha256(name));
  }

  Path servers() {
    return root.resolve("servers");
  }

  Path scripts() {
    return root.resolve("scripts");
  }

  AttemptFolder attempt(AttemptId of) {
    Path path =
        root.resolve("attempts")
            .resolve(of.run().value())
            .resolve(of.task().toString())
            .resolve(Integer.toString(of.attempt()));
    return new AttemptFolder(of, path);
  }

  /** The attempts of a run that were ordered here, in order of their ids. */
  List<AttemptId> attemptsOf(RunId run) {
    Path folder = root.resolve("attempts").resolve(run.value());
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> attempts = Files.walk(folder, 2)) {
      return attempts
          .filter(path -> path.getNameCount() == folder.getNameCount() + 2)
          .map(path -> run + "/" + path.getParent().getFileName() + "/" + path.getFileName())
          .map(AttemptId::parse)
          .sorted()
          .toList();
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot list " + folder, unreadable);
    }
  }

  /** The task's own folder, the same for each attempt. */
  Path task(FlowRef flow, AttemptId of) {
    return root.resolve("data")
        .resolve(flow.name())
        .resolve(of.run().value())
        .resolve(of.task().step().value())
        .resolve(of.task().toString());
  }
}
