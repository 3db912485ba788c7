package io.millrace.client.follow;

import java.time.Duration;

/**
 * How often a followed run is looked at, and how long a run that does not begin is waited for.
 *
 * @param tick after which elapsed times are drawn anew though nothing came
 * @param gather for how long events are gathered before the run's detail is fetched
 * @param worry after which without any event a notice says what may be wrong
 * @param giveUp after which without any event the following ends with an error
 */
public record Pace(Duration tick, Duration gather, Duration worry, Duration giveUp) {
  /** A person's. */
  public static final Pace DEFAULT =
      new Pace(
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60));
}
