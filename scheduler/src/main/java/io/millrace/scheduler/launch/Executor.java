package io.millrace.scheduler.launch;

import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.smallrye.mutiny.Uni;

/**
 * Carries orders out: as processes on this machine, or as objects of a Kubernetes. Both calls may
 * come again for the same attempt, at any time and from any replica, and then change nothing.
 */
public interface Executor {

  /**
   * Starts an attempt, unless it has been started or cancelled before. Never waits for room: what
   * cannot be started now is answered as deferred.
   *
   * @return what came of it: launched, running, rejected, deferred or expired. How the attempt goes
   *     on is published by the executor's observer. Fails only where nothing is known, and then the
   *     order is carried out again
   */
  Uni<Observation> launch(Order.Launch order);

  /**
   * Stops an attempt and leaves a mark by which it can never start again. Its end is published by
   * the observer as a failure with the order's cause, unless it had ended by itself before.
   *
   * @return completes when the mark is durable
   */
  Uni<Void> cancel(Order.Cancel order);
}
