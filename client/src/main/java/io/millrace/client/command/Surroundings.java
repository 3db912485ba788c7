package io.millrace.client.command;

import io.millrace.client.api.Patience;
import io.millrace.client.follow.Pace;
import io.millrace.client.show.Terminal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;

/**
 * What a command finds around itself.
 *
 * @param environment its variables
 * @param terminal where the output goes
 * @param zone of the times of day that are shown
 * @param patience with a server that is gone
 * @param pace of following
 * @param publishing the longest that publishing a request may take
 */
public record Surroundings(
    Map<String, String> environment,
    Terminal terminal,
    ZoneId zone,
    Patience patience,
    Pace pace,
    Duration publishing) {

  /** Those of this process. */
  public static Surroundings ofThisProcess() {
    return new Surroundings(
        System.getenv(),
        Terminal.ofThisProcess(),
        ZoneId.systemDefault(),
        Patience.DEFAULT,
        Pace.DEFAULT,
        Duration.ofSeconds(9));
  }
}
