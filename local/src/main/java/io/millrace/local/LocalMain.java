package io.millrace.local;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Local mode: everything of Millrace on one folder, in one command. Broker and object store live in
 * this JVM; the scheduler, the program that may fail while it runs other people's steps, is a
 * child.
 */
@Command(
    name = "millrace-local",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs a broker, an object store and the scheduler on one folder of this machine.")
public final class LocalMain implements Callable<Integer> {
  private final StopSignal stop;

  @Option(
      names = "--data",
      defaultValue = ".millrace",
      description = "The folder that keeps everything (default: ${DEFAULT-VALUE}).")
  private Path data;

  @Option(
      names = "--api-port",
      defaultValue = "8080",
      description = "0: the free one of the last start (default: ${DEFAULT-VALUE}).")
  private int apiPort;

  @Option(
      names = "--broker-port",
      defaultValue = "0",
      description = "Default: the one of the last start, at first a free one.")
  private int brokerPort;

  @Option(
      names = "--s3-port",
      defaultValue = "0",
      description = "Default: the one of the last start, at first a free one.")
  private int s3Port;

  @Option(names = "--partitions", description = "How many partitions new topics get.")
  private Optional<Integer> partitions;

  @Option(
      names = "-D",
      paramLabel = "<key=value>",
      description = "A setting of the scheduler; may be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "-J",
      paramLabel = "<option>",
      description = "An option of the scheduler's JVM, as in -J-Xmx1g; may be repeated.")
  private List<String> jvmOptions = List.of();

  @Option(names = "--scheduler-jar", description = "Default: the one packaged beside this program.")
  private Optional<Path> schedulerJar;

  private LocalMain(StopSignal stop) {
    this.stop = stop;
  }

  public static void main(String[] args) {
    run(LocalMain::new, args);
  }

  /**
   * Runs a command that ends on SIGINT or SIGTERM; what a person can mend is said without a stack
   * trace.
   */
  static void run(Function<StopSignal, Callable<Integer>> program, String[] args) {
    StopSignal stop = StopSignal.install();
    var command = new CommandLine(program.apply(stop));
    command.setExecutionExceptionHandler(
        (failure, line, parsed) -> {
          PrintWriter err = line.getErr();
          if (failure instanceof LocalModeException expected) {
            err.println(expected.getMessage());
          } else {
            failure.printStackTrace(err);
          }
          return CommandLine.ExitCode.SOFTWARE;
        });
    int code = CommandLine.ExitCode.SOFTWARE;
    try {
      code = command.execute(args);
    } catch (Error e) {
      // Picocli passes these by, and the parts' threads would keep a broken process alive.
      e.printStackTrace();
    }
    stop.exit(code);
  }

  @Override
  public Integer call() {
    Path jar = SchedulerProgram.find(schedulerJar);
    try (var folder = DataFolder.open(data)) {
      var pid = new SchedulerPid(folder.path());
      pid.endLeftOver()
          .ifPresent(
              p ->
                  say(
                      "Ended a scheduler (process "
                          + p
                          + ") that an earlier start had left behind."));
      int api = new Ports(folder.path()).claim("api", apiPort, "--api-port");
      say("Starting on " + folder.path() + " ...");
      try (var parts = new Parts(folder, Reach.OF_THIS_MACHINE, brokerPort, s3Port, Map.of());
          SchedulerWatch watch = watch(jar, folder, pid, parts, api)) {
        // The scheduler's own start takes longest: it goes on while the parts start.
        watch.start();
        parts.start();
        watch.run();
        say("Stopping ...");
      }
    }
    say("Stopped. Everything is kept in " + data + ".");
    return 0;
  }

  private SchedulerWatch watch(
      Path jar, DataFolder folder, SchedulerPid pid, Parts parts, int api) {
    Map<String, String> all =
        SchedulerProgram.settings(parts, folder.folder("executor"), folder.folder("metadata"), api);
    partitions.ifPresent(n -> all.put("millrace.partitions", n.toString()));
    all.putAll(settings);
    var greeting = new Greeting(folder.path(), parts.addresses(), System.out);
    ChildJvm.Builder scheduler =
        new SchedulerProgram(jar, jvmOptions).with(all).output(greeting::pass);
    return new SchedulerWatch(
        scheduler, pid, parts.started(), stop.asked(), greeting, LocalMain::say);
  }

  private static void say(String text) {
    System.out.println(text);
  }
}
