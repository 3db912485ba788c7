package io.millrace.scheduler.launch.kubernetes;

import io.millrace.events.AttemptId;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Outcome;
import io.millrace.scheduler.objects.ObjectStore;
import io.millrace.watcher.SecondCopies;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The tasks' folders in the object store. All attempts of a task share one: the outcome of a
 * success that is found there ends the task, whichever attempt wrote it.
 *
 * @param path below which they are
 */
record TaskFolders(ObjectStore objects, String path) implements SecondCopies {
  private static final Logger LOG = Logger.getLogger(TaskFolders.class);

  /** The folder of an attempt's task. */
  static String of(AttemptId of) {
    return String.join("/", of.run().value(), of.task().step().value(), of.task().toString());
  }

  @Override
  public Optional<Outcome> find(AttemptId of) {
    return objects
        .get(path + "/" + of(of) + "/outcome.json")
        .flatMap(bytes -> read(of, bytes))
        .filter(Outcome::ok);
  }

  private static Optional<Outcome> read(AttemptId of, byte[] bytes) {
    return switch (Json.read(bytes, Outcome.class, "outcome.json")) {
      case Decoded.Understood<Outcome>(Outcome outcome) -> Optional.of(outcome);
      case Decoded.NotUnderstood<Outcome>(String reason) -> {
        LOG.warnf("attempt=%s its second copy of the outcome cannot be read: %s", of, reason);
        yield Optional.empty();
      }
    };
  }
}
