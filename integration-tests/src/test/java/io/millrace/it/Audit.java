package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.audit.AuditCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** {@code millrace audit}, as a test's last word. */
public final class Audit {
  private Audit() {}

  public static void assertClean(String brokers) {
    var said = new StringWriter();
    int code =
        new CommandLine(new AuditCommand())
            .setOut(new PrintWriter(said))
            .setErr(new PrintWriter(said))
            .execute("--brokers", brokers);
    assertThat(code).as(said.toString()).isZero();
  }
}
