package io.millrace.scheduler.launch.process;

import io.millrace.events.Order;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * Starts and stops the wrappers of processes. They are scripts, so that what has to happen around a
 * step happens without a server: see {@code attempt.sh} and {@code stop.sh}.
 */
final class Wrappers {
  private static final int TAKEN = 75;

  /** Shells drop other names from the environment that they pass on. */
  private static final Pattern SHELL_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** E2BIG: arguments or environment are longer than the kernel takes. Trying again cannot help. */
  private static final Pattern TOO_LONG = Pattern.compile("error[=:] ?7\\b");

  private final DataFolder data;
  private final StepEnvironment environment;
  private final Duration grace;

  Wrappers(DataFolder data, StepEnvironment environment, Duration grace) {
    this.data = data;
    this.environment = environment;
    this.grace = grace;
  }

  /** What came of starting a wrapper. */
  sealed interface Start {
    /** It has the claim and runs the command. */
    record Claimed(CompletionStage<?> end) implements Start {}

    /** Somebody else has the claim. */
    record Taken() implements Start {}

    /** The machine has no room now; nothing was started. */
    record NoRoom(String message) implements Start {}

    /** It can never be started; nothing was. */
    record Refused(String message) implements Start {}
  }

  /** Writes the scripts into the data folder. */
  void install() throws IOException {
    for (String script : List.of("attempt.sh", "stop.sh")) {
      try (InputStream source = Wrappers.class.getResourceAsStream(script)) {
        if (source == null) {
          throw new IOException("resource " + script + " is missing beside " + Wrappers.class);
        }
        AtomicFiles.replace(data.scripts().resolve(script), source.readAllBytes());
      }
    }
  }

  /** Starts a member's wrapper and waits until it has the claim or has left. */
  Start start(Order.Launch order, AttemptFolder folder, Member member) throws IOException {
    Path task = data.task(order.flow(), order.of());
    Files.createDirectories(task);
    Files.createDirectories(member.path());
    String asked = order.container().workingDir();
    File directory = asked == null || asked.isBlank() ? task.toFile() : new File(asked);
    if (!directory.isDirectory()) {
      return new Start.Refused(
          "step %s: working directory %s does not exist on this machine; create it, or leave workingDir out to start in the task's data folder"
              .formatted(order.of().task().step(), directory));
    }
    Map<String, String> variables = environment.of(order, folder, member);
    var builder =
        new ProcessBuilder(command(order, folder, member, variables))
            .directory(directory)
            .redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(variables);
    try {
      return await(builder.start());
    } catch (IOException failed) {
      if (TOO_LONG.matcher(String.valueOf(failed.getMessage())).find()) {
        return new Start.Refused(
            "step %s: command and environment together are longer than this machine takes; pass large parameters by a file"
                .formatted(order.of().task().step()));
      }
      return new Start.NoRoom("no process could be started: " + failed.getMessage());
    }
  }

  private List<String> command(
      Order.Launch order, AttemptFolder folder, Member member, Map<String, String> variables) {
    var command = new ArrayList<>(setsid("attempt.sh"));
    command.add(folder.path().toString());
    command.add(member.path().toString());
    List<String> unpassable =
        variables.entrySet().stream()
            .filter(entry -> !SHELL_NAME.matcher(entry.getKey()).matches())
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .toList();
    if (!unpassable.isEmpty()) {
      command.add("env");
      command.addAll(unpassable);
    }
    command.addAll(order.container().command());
    if (order.container().args() != null) {
      command.addAll(order.container().args());
    }
    return command;
  }

  private static Start await(Process wrapper) throws IOException {
    wrapper.getOutputStream().close();
    try (BufferedReader words = wrapper.inputReader(StandardCharsets.UTF_8)) {
      var complaint = new StringBuilder();
      for (String line = words.readLine(); line != null; line = words.readLine()) {
        if (line.equals("claimed")) {
          return new Start.Claimed(wrapper.onExit());
        }
        complaint.append(complaint.isEmpty() ? "" : "; ").append(line);
      }
      // Its output is closed, so it is about to leave.
      int status = wrapper.onExit().join().exitValue();
      return status == TAKEN
          ? new Start.Taken()
          : new Start.NoRoom("the wrapper left with %d: %s".formatted(status, complaint));
    }
  }

  /**
   * Carries out a stop that was marked: what has not been started of the attempt never is, what
   * runs of it gets SIGTERM, and what is left of that after the grace gets SIGKILL. Any server may
   * do it, and do it again.
   */
  void stop(AttemptFolder folder) throws IOException {
    folder.create();
    folder.claim(new Claim.Cancelled());
    var leaders = new ArrayList<ProcessId>();
    for (Member member : folder.members()) {
      Files.createDirectories(member.path());
      if (member.claim(new Claim.Cancelled()) instanceof Claim.Run(ProcessId leader)
          && member.exit().isEmpty()
          && leader.isAlive()) {
        leaders.add(leader);
      }
    }
    signal(leaders);
  }

  private void signal(Collection<ProcessId> leaders) throws IOException {
    if (leaders.isEmpty()) {
      return;
    }
    var command = new ArrayList<>(setsid("stop.sh"));
    command.add("%d.%03d".formatted(grace.toSeconds(), grace.toMillisPart()));
    for (ProcessId leader : leaders) {
      command.add(Long.toString(leader.pid()));
      command.add(Long.toString(leader.started()));
    }
    quietly(command);
  }

  /** SIGKILL to what a wrapper left behind that can no longer do it itself. */
  void sweep(ProcessId leader) throws IOException {
    if (leader.mayHaveLeftGroup()) {
      quietly(List.of("sh", "-c", "kill -s KILL -- \"-$1\"", "sweep", "" + leader.pid()))
          .onExit()
          .join();
    }
  }

  private List<String> setsid(String script) {
    return List.of("setsid", "sh", data.scripts().resolve(script).toString());
  }

  private static Process quietly(List<String> command) throws IOException {
    var builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    return builder.start();
  }
}
