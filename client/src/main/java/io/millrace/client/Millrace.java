package io.millrace.client;

import io.millrace.client.command.MillraceCommand;
import io.millrace.client.command.Surroundings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The program {@code millrace}. */
public final class Millrace {
  private Millrace() {}

  public static void main(String[] args) {
    CommandLine line =
        MillraceCommand.commandLine(Surroundings.ofThisProcess())
            .setOut(utf8(FileDescriptor.out))
            .setErr(utf8(FileDescriptor.err));
    int code = line.execute(args);
    line.getOut().flush();
    line.getErr().flush();
    System.exit(code);
  }

  /** JSON is UTF-8 whatever the locale, and most terminals are. */
  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8));
  }
}
