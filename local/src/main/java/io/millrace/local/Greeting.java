package io.millrace.local;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What local mode says when it is ready: one {@link ReadyLine} of all addresses for programs, then
 * a few lines for people. The scheduler's own lines are passed on, except its READY line, which
 * names only its own address.
 */
final class Greeting {
  private final Path folder;
  private final Map<String, String> parts;
  private final PrintStream out;
  private boolean greeted;

  Greeting(Path folder, Map<String, String> parts, PrintStream out) {
    this.folder = folder;
    this.parts = parts;
    this.out = out;
  }

  void pass(String line) {
    if (ReadyLine.parse(line).isEmpty()) {
      out.println(line);
    }
  }

  /** The scheduler is ready: at first a greeting, later a line that it is back. */
  synchronized void ready(ReadyLine scheduler) {
    String api = scheduler.address("http");
    if (greeted) {
      out.println("The scheduler is back on " + api);
      return;
    }
    greeted = true;
    var addresses = new LinkedHashMap<String, String>();
    addresses.put("http", api);
    addresses.putAll(parts);
    out.println(new ReadyLine(addresses));
    out.printf(
        """

        Millrace is ready.
          API      %s
          Kafka    %s
          S3       %s (bucket %s)
          Metaflow METAFLOW_SERVICE_URL=%s/metadata
          data     %s
        Stop it with Ctrl-C; it goes on from there at the next start.

        """,
        api, parts.get("broker"), parts.get("s3"), EmbeddedObjectStore.BUCKET, api, folder);
  }
}
