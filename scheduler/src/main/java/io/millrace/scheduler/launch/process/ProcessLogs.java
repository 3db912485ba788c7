package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.RunId;
import io.millrace.scheduler.launch.LogLine;
import io.millrace.scheduler.launch.LogPosition;
import io.millrace.scheduler.launch.StepLogs;
import io.smallrye.mutiny.Multi;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jboss.logging.Logger;

/** What the processes of attempts wrote, read from the data folder while they write or later. */
public final class ProcessLogs implements StepLogs, Closeable {
  static final Logger LOG = Logger.getLogger(ProcessLogs.class);

  private final DataFolder data;
  private final FolderWatch watch;

  /**
   * @param folder the process executor's data folder
   */
  public ProcessLogs(Path folder) {
    this.data = new DataFolder(folder);
    try {
      this.watch = new FolderWatch();
    } catch (IOException none) {
      throw new UncheckedIOException(
          "the kernel gives no more inotify instances; raise fs.inotify.max_user_instances", none);
    }
  }

  @Override
  public List<AttemptId> attempts(RunId run) {
    return data.attemptsOf(run);
  }

  /**
   * The lines of an attempt, each stream's in its order. Emitted as they are asked for, on threads
   * that may be blocked.
   *
   * @param from where to begin: {@link LogPosition#START}, or after the last line that was seen
   * @param follow to go on until the attempt has ended, also where it has not been started yet.
   *     Otherwise what is there now, without a last line that is still being written
   */
  @Override
  public Multi<LogLine> lines(AttemptId of, LogPosition from, boolean follow) {
    return Multi.createFrom()
        .emitter(
            subscriber ->
                Thread.ofVirtual()
                    .name("logs-" + of)
                    .start(new LogReading(data.attempt(of), from, follow, watch, subscriber)));
  }

  @Override
  public void close() throws IOException {
    watch.close();
  }
}
