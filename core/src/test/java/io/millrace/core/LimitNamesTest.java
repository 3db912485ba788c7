package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded: a permit for a limit of no kind broke the partition that it was written to. */
class LimitNamesTest {
  private final CommandLog log = new CommandLog(new State(0, 3), Position.START);

  private CommandLog.Taken take(String record) {
    return log.take(log.position().next(), Instant.EPOCH, record.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3-2", "", "flow/", "flow/not a name", "ALL"})
  void aPermitForALimitOfNoKindIsRefused(String limit) {
    assertThat(
            take(
                """
                {"type":"permits-granted","limit":"%s","partition":0,"sequence":0,"version":1,"allowance":1,"counted":1}
                """
                    .formatted(limit)))
        .isInstanceOfSatisfying(
            CommandLog.Taken.Refused.class,
            refused -> assertThat(refused.reason()).contains("limit"));
    assertThat(
            take(
                """
                {"type":"permits-demanded","limit":"%s","partition":0,"sequence":1,"held":0,"want":1,"total":1}
                """
                    .formatted(limit)))
        .isInstanceOf(CommandLog.Taken.Refused.class);
  }

  @Test
  void thoseOfAllAttemptsAndOfAFlowAreTaken() {
    for (String limit : new String[] {"all", "flow/train"}) {
      assertThat(
              take(
                  """
                  {"type":"permits-demanded","limit":"%s","partition":0,"sequence":1,"held":0,"want":1,"total":1}
                  """
                      .formatted(limit)))
          .isInstanceOf(CommandLog.Taken.Decided.class);
    }
  }
}
