package io.millrace.scheduler.launch;

import io.millrace.events.AttemptId;
import io.millrace.events.RunId;
import io.smallrye.mutiny.Multi;
import java.util.List;

/** What steps write, while they run and afterwards. */
public interface StepLogs {

  /** The attempts of a run of which there may be lines, in order of their ids. Blocks. */
  List<AttemptId> attempts(RunId run);

  /**
   * The lines of an attempt, each stream's in its order.
   *
   * @param from where to begin: {@link LogPosition#START}, or after the last line that was seen
   * @param follow to go on until the attempt has ended, also where it has not been started yet.
   *     Otherwise what is there now
   */
  Multi<LogLine> lines(AttemptId of, LogPosition from, boolean follow);
}
