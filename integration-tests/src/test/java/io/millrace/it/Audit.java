package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.audit.AuditCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import picocli.CommandLine;

/** {@code millrace audit}, as a test's last word. */
public final class Audit {
  private Audit() {}

  /**
   * @param more options of the command
   */
  public static void assertClean(String brokers, String... more) {
    var said = new StringWriter();
    int code =
        new CommandLine(new AuditCommand())
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute(
                Stream.concat(Stream.of("--brokers", brokers), Stream.of(more))
                    .toArray(String[]::new));
    assertThat(code).as(said.toString()).isZero();
  }
}
