package io.millrace.watcher;

import io.millrace.events.Observation;
import io.smallrye.mutiny.Uni;

/** Where observations go: the commands topic, with acknowledgement. */
public interface ObservationSink {

  /**
   * Publishes an observation.
   *
   * @return completes when it is durable; fails when that could not be had, and then the observer
   *     has to publish it again
   */
  Uni<Void> publish(Observation observation);
}
