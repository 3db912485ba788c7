package io.millrace.scheduler.launch.kubernetes;

import io.millrace.events.AttemptId;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.scheduler.launch.LogLine;
import io.millrace.scheduler.launch.LogPosition;
import io.millrace.scheduler.objects.ObjectStore;
import io.millrace.scheduler.objects.ObjectStore.Condition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Logs in the object store, as the API server gave them: a text for each container, below {@code
 * logs/<run>/<task>/<attempt>/}, and beside them an index, which is written last. All calls block.
 */
final class KeptLogs {
  private static final Logger LOG = Logger.getLogger(KeptLogs.class);
  private static final String INDEX = "/index.json";

  private final ObjectStore objects;
  private final String prefix;

  /**
   * @param prefix put before every key
   */
  KeptLogs(ObjectStore objects, String prefix) {
    this.objects = objects;
    this.prefix = prefix + "logs/";
  }

  /** The containers of an attempt, in the order in which they are shown. */
  record Index(List<Kept> containers) {}

  /**
   * A container's log.
   *
   * @param object its name beside the index
   */
  record Kept(String stream, int member, String object) {}

  private String folder(AttemptId of) {
    return prefix + of.run() + "/" + of.task() + "/" + of.attempt();
  }

  Optional<Index> index(AttemptId of) {
    return objects
        .get(folder(of) + INDEX)
        .flatMap(
            bytes ->
                switch (Json.read(bytes, Index.class, "an index of logs")) {
                  case Decoded.Understood<Index>(Index index) -> Optional.of(index);
                  case Decoded.NotUnderstood<Index>(String reason) -> {
                    LOG.warnf("attempt=%s its kept logs cannot be read: %s", of, reason);
                    yield Optional.<Index>empty();
                  }
                });
  }

  /** Keeps the logs of an attempt, unless that has been done. */
  void keep(AttemptId of, Map<LogSource, byte[]> logs) {
    var index = new ArrayList<Kept>();
    logs.forEach(
        (source, log) -> {
          String object = "%d-%s.log".formatted(source.member(), source.container());
          objects.put(folder(of) + "/" + object, log, Condition.IF_ABSENT);
          index.add(new Kept(source.stream(), source.member(), object));
        });
    objects.put(folder(of) + INDEX, Json.write(new Index(index)), Condition.IF_ABSENT);
  }

  /**
   * Hands over the lines after a position, container after container.
   *
   * @return false when the reader has had enough
   */
  boolean read(AttemptId of, Index index, LogPosition from, ContainerLog.Reader reader)
      throws IOException, InterruptedException {
    for (Kept kept : index.containers()) {
      long after = from.offset(kept.stream(), kept.member());
      Optional<byte[]> log = objects.get(folder(of) + "/" + kept.object());
      var lines = new TimedLines(new ByteArrayInputStream(log.orElse(new byte[0])));
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        long position = line.get().position();
        if (position > after
            && !reader.take(
                new LogLine(kept.stream(), kept.member(), position, line.get().text()))) {
          return false;
        }
      }
    }
    return true;
  }

  /** The attempts of a run of which logs are kept. */
  List<AttemptId> attempts(RunId run) {
    String of = prefix + run + "/";
    try (var keys = objects.list(of)) {
      return keys.filter(key -> key.endsWith(INDEX))
          .map(key -> key.substring(of.length(), key.length() - INDEX.length()))
          .map(key -> AttemptId.parse(run + "/" + key))
          .toList();
    }
  }
}
