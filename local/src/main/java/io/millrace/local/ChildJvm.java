package io.millrace.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A Java process started from this one, with the same {@code java}, whose {@link ReadyLine} and end
 * are futures. Nobody needs to poll it.
 */
public final class ChildJvm {
  private final Process process;
  private final CompletableFuture<ReadyLine> ready = new CompletableFuture<>();
  private final CompletableFuture<Integer> exited;

  private ChildJvm(Process process, Consumer<String> output) {
    this.process = process;
    this.exited = process.onExit().thenApply(Process::exitValue);
    Thread.ofPlatform().daemon().name("output-of-" + process.pid()).start(() -> follow(output));
  }

  private void follow(Consumer<String> output) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        ReadyLine.parse(line).ifPresent(ready::complete);
        output.accept(line);
      }
    } catch (IOException closed) {
      output.accept(
          "(the output of process " + process.pid() + " cannot be read any more: " + closed + ")");
    }
    exited.thenAccept(
        code ->
            ready.completeExceptionally(
                new LocalModeException(
                    "Process "
                        + process.pid()
                        + " ended with exit code "
                        + code
                        + " and was never ready.")));
  }

  /** A program packaged as a jar with its main class named inside. */
  public static Builder jar(Path jar) {
    return new Builder(List.of("-jar", jar.toString()));
  }

  /** A main class on a class path. */
  public static Builder main(String classPath, String mainClass) {
    return new Builder(List.of("-cp", classPath, mainClass));
  }

  /**
   * Completes with the READY line, or with an exception once output and process have ended without
   * one.
   */
  public CompletableFuture<ReadyLine> ready() {
    return ready.copy();
  }

  /** Completes with the exit code, 128 + n if signal n ended the process. */
  public CompletableFuture<Integer> exited() {
    return exited.copy();
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Ends the process with SIGKILL, as a crash would; returns when it is gone. */
  public void kill() {
    process.toHandle().destroyForcibly();
    exited.join();
  }

  /**
   * Asks the process to end (SIGTERM) and returns its exit code; kills it when the patience is
   * over.
   *
   * <p>Not by {@link Process#destroy()}: that also closes the pipes, and the child's last lines
   * would be lost.
   */
  public int stop(Duration patience) {
    process.toHandle().destroy();
    exited.copy().completeOnTimeout(-1, patience.toMillis(), TimeUnit.MILLISECONDS).join();
    if (!exited.isDone()) {
      process.toHandle().destroyForcibly();
    }
    return exited.join();
  }

  /** What to start and how; each method adds to what was given before. */
  public static final class Builder {
    private final List<String> program;
    private final List<String> jvmOptions = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private Consumer<String> output = System.out::println;
    private boolean errorsAreOutput;

    private Builder(List<String> program) {
      this.program = program;
    }

    public Builder jvmOptions(String... options) {
      jvmOptions.addAll(List.of(options));
      return this;
    }

    public Builder jvmOptions(List<String> options) {
      jvmOptions.addAll(options);
      return this;
    }

    public Builder arguments(String... more) {
      arguments.addAll(List.of(more));
      return this;
    }

    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /** Who gets each line of the standard output, on a thread of its own; printed by default. */
    public Builder output(Consumer<String> lines) {
      output = lines;
      return this;
    }

    /**
     * The error stream's lines go to {@link #output} as well; by default it is this process's own.
     */
    public Builder errorsAreOutput() {
      errorsAreOutput = true;
      return this;
    }

    public ChildJvm start() {
      var command = new ArrayList<String>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(jvmOptions);
      command.addAll(program);
      command.addAll(arguments);
      var processes = new ProcessBuilder(command);
      processes.environment().putAll(environment);
      if (errorsAreOutput) {
        processes.redirectErrorStream(true);
      } else {
        processes.redirectError(ProcessBuilder.Redirect.INHERIT);
      }
      try {
        return new ChildJvm(processes.start(), output);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot start " + command, e);
      }
    }
  }
}
