package io.millrace.client;

import io.millrace.client.api.Patience;
import io.millrace.client.command.MillraceCommand;
import io.millrace.client.command.Surroundings;
import io.millrace.client.follow.Pace;
import io.millrace.client.show.Terminal;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run of the program in this process: the same command line, with what it writes kept. */
public final class CommandRun {
  private final Map<String, String> environment = new LinkedHashMap<>(Map.of("LANG", "C.UTF-8"));
  private final StringWriter out = new StringWriter();
  private int linesRead = Integer.MAX_VALUE;
  private final StringWriter err = new StringWriter();
  private Terminal terminal = Terminal.none();
  private Duration giveUp = Duration.ofSeconds(20);
  private Pace pace =
      new Pace(
          Duration.ofMillis(50),
          Duration.ofMillis(5),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30));

  public static CommandRun against(FakeApi api) {
    return new CommandRun().with("MILLRACE_API", api.url());
  }

  public CommandRun with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public CommandRun onTerminal(int columns, int rows) {
    terminal = () -> Optional.of(new Terminal.Size(columns, rows));
    return this;
  }

  /** Into a pipe whose reader leaves after some lines. */
  public CommandRun readOnlyFor(int lines) {
    linesRead = lines;
    return this;
  }

  private Writer pipe() {
    return new FilterWriter(out) {
      @Override
      public void write(String text, int from, int length) throws IOException {
        if (out.toString().lines().count() >= linesRead) {
          throw new IOException("Broken pipe");
        }
        super.write(text, from, length);
      }
    };
  }

  public CommandRun givingUpAfter(Duration patience) {
    giveUp = patience;
    return this;
  }

  public CommandRun waitingForStart(Duration worry, Duration most) {
    pace = new Pace(pace.tick(), pace.gather(), worry, most);
    return this;
  }

  /** Executes the command. */
  public Result execute(String... args) {
    var patience =
        new Patience(giveUp, Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofSeconds(20));
    var around =
        new Surroundings(
            environment, terminal, ZoneOffset.UTC, patience, pace, Duration.ofMillis(800));
    int code =
        MillraceCommand.commandLine(around)
            .setOut(new PrintWriter(pipe()))
            .setErr(new PrintWriter(err))
            .execute(args);
    return new Result(code, out.toString(), err.toString());
  }

  /** What came of it. */
  public record Result(int code, String out, String err) {
    public List<String> lines() {
      return out.lines().toList();
    }
  }
}
