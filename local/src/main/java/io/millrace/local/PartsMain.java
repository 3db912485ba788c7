package io.millrace.local;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Broker and object store as one process without a scheduler: the surroundings of a test, which may
 * then kill either side by itself, and of a development cluster. Prints a {@link ReadyLine} when
 * both are ready; ends on SIGTERM, with everything written.
 */
@Command(
    name = "millrace-parts",
    mixinStandardHelpOptions = true,
    description = "Runs a broker and an object store on one folder, without a scheduler.")
public final class PartsMain implements Callable<Integer> {
  private final StopSignal stop;

  @Option(names = "--data", required = true, description = "The folder that keeps everything.")
  private Path data;

  @Option(
      names = "--broker-port",
      description = "0: the one of the last start, at first a free one.")
  private int brokerPort;

  @Option(names = "--s3-port", description = "0: the one of the last start, at first a free one.")
  private int s3Port;

  @Option(
      names = "--bind",
      defaultValue = Reach.LOOPBACK,
      description = "The address to listen on (default: ${DEFAULT-VALUE}).")
  private String bind;

  @Option(
      names = "--host",
      description = "The name by which clients find this machine (default: what --bind says).")
  private Optional<String> host;

  @Option(
      names = "--broker-settings",
      paramLabel = "FILE",
      description =
          "Properties that go before the broker's own, such as those of TLS and ACLs; its listener is called CLIENTS.")
  private Path brokerSettings;

  @Option(
      names = "--with-parent",
      description = "End when the process that started this one ends, however it ends.")
  private boolean withParent;

  private PartsMain(StopSignal stop) {
    this.stop = stop;
  }

  public static void main(String[] args) {
    LocalMain.run(PartsMain::new, args);
  }

  @Override
  public Integer call() throws IOException {
    var ended = stop.asked();
    if (withParent) {
      ProcessHandle.current()
          .parent()
          .ifPresent(p -> p.onExit().thenRun(() -> ended.complete(null)));
    }
    try (var folder = DataFolder.open(data);
        var parts =
            new Parts(
                folder, new Reach(bind, host.orElse(bind)), brokerPort, s3Port, brokerSettings())) {
      parts.start();
      System.out.println(new ReadyLine(parts.addresses()));
      ended.join();
    }
    return 0;
  }

  private Map<String, String> brokerSettings() throws IOException {
    var all = new HashMap<String, String>();
    if (brokerSettings != null) {
      var properties = new Properties();
      try (Reader in = Files.newBufferedReader(brokerSettings)) {
        properties.load(in);
      }
      properties.stringPropertyNames().forEach(name -> all.put(name, properties.getProperty(name)));
    }
    return all;
  }
}
