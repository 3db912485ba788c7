package io.millrace.client.follow;

import io.millrace.client.show.FailedTask;
import io.millrace.client.show.Summary;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import java.time.Instant;
import java.util.List;

/** How a followed run is shown. All calls come from one thread. */
public interface ProgressView {

  /** Whether the run's detail is to be fetched when events have come. */
  boolean wantsDetail();

  /** These events came, in order. */
  void happened(List<EventView> events);

  /**
   * The run's detail after them.
   *
   * @param failures of its tasks so far
   */
  void detail(RunView run, List<FailedTask> failures);

  /** Time passed and nothing came. */
  void tick(Instant now);

  /** Something about the following itself, such as a lost connection. */
  void notice(String text);

  /** The run is over. */
  void over(Summary summary);
}
