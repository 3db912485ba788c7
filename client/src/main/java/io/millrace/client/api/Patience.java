package io.millrace.client.api;

import java.time.Duration;

/**
 * How long streams bear with a server that is gone.
 *
 * @param giveUp how long a stream may bring nothing, though it is tried again and again, before it
 *     ends with an error
 * @param firstDelay before the first new try; doubled for each further one
 * @param longestDelay between two tries
 * @param silence after which a connection counts as lost: three of the server's signs of life
 */
public record Patience(
    Duration giveUp, Duration firstDelay, Duration longestDelay, Duration silence) {

  /** A person's. */
  public static final Patience DEFAULT =
      new Patience(
          Duration.ofSeconds(60),
          Duration.ofMillis(200),
          Duration.ofSeconds(5),
          Duration.ofSeconds(45));
}
