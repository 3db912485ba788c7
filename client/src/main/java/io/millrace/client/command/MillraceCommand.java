package io.millrace.client.command;

import io.millrace.client.api.ApiClient;
import io.millrace.client.audit.AuditCommand;
import io.millrace.client.audit.SkipCommand;
import io.millrace.client.request.UsageException;
import io.millrace.client.show.Style;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line: the list of its commands, and what they share. */
@Command(
    name = "millrace",
    description = "Deploys flows, runs them, and shows what happens.",
    versionProvider = Version.class,
    sortOptions = false,
    subcommands = {
      ValidateCommand.class,
      DeployCommand.class,
      FlowsCommand.class,
      RunCommand.class,
      RunsCommand.class,
      StatusCommand.class,
      HistoryCommand.class,
      LogsCommand.class,
      EventsCommand.class,
      CancelCommand.class,
      SuspendCommand.class,
      ResumeCommand.class,
      RetryCommand.class,
      AuditCommand.class,
      SkipCommand.class,
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; with --follow: the run succeeded",
      "1:the run failed or was cancelled, or the server could not do it",
      "2:the command was not used as its help says",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  millrace deploy examples/word-count/flow.yaml",
      "  millrace run word-count --param folder=$PWD/examples/word-count/texts --follow",
    })
public final class MillraceCommand implements Runnable {
  private static final String DEFAULT_API = "http://127.0.0.1:8080";

  private final Surroundings around;

  @Spec private CommandSpec spec;

  @Option(
      names = "--api",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "The server (default: $MILLRACE_API or " + DEFAULT_API + ").")
  private String api;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      scope = ScopeType.INHERIT,
      description = "Sent as bearer token (default: $MILLRACE_TOKEN).")
  private String token;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      scope = ScopeType.INHERIT,
      defaultValue = "text",
      description = "text for people, json for programs (default: text).")
  private Format format;

  @Option(
      names = "--no-color",
      scope = ScopeType.INHERIT,
      description = "No colours; so does a variable NO_COLOR.")
  private boolean noColour;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "This text.")
  private boolean help;

  @Option(names = "--version", versionHelp = true, description = "Millrace's version.")
  private boolean version;

  /** For whom answers are written. */
  enum Format {
    TEXT,
    JSON
  }

  private MillraceCommand(Surroundings around) {
    this.around = around;
  }

  /** The command line, ready to be executed. */
  public static CommandLine commandLine(Surroundings around) {
    return new CommandLine(new MillraceCommand(around))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(Mistakes::usage)
        .setExecutionExceptionHandler(Mistakes::failure);
  }

  @Override
  public void run() {
    spec.commandLine().usage(out());
  }

  Surroundings around() {
    return around;
  }

  PrintWriter out() {
    return spec.commandLine().getOut();
  }

  PrintWriter err() {
    return spec.commandLine().getErr();
  }

  boolean json() {
    return format == Format.JSON;
  }

  Style style() {
    return Style.of(around.environment(), around.terminal().size().isPresent(), noColour);
  }

  /** A word to the person, which is no part of the answer. */
  void notice(String text) {
    err().println(text);
    err().flush();
  }

  /**
   * A line of the answer, at once.
   *
   * @throws NobodyReadsException when the output goes into a pipe whose reader has left
   */
  void say(String text) {
    out().println(text);
    if (out().checkError()) {
      throw new NobodyReadsException();
    }
  }

  ApiClient api() {
    String address = api != null ? api : around.environment().getOrDefault("MILLRACE_API", "");
    String secret = token != null ? token : around.environment().getOrDefault("MILLRACE_TOKEN", "");
    return new ApiClient(
        server(address.isBlank() ? DEFAULT_API : address.strip()), secret, around.patience());
  }

  private static URI server(String address) {
    try {
      URI server = URI.create(address);
      String scheme = server.getScheme() == null ? "" : server.getScheme().toLowerCase(Locale.ROOT);
      if (scheme.matches("https?") && server.getHost() != null) {
        return server;
      }
    } catch (IllegalArgumentException unreadable) {
      // Said below, for all kinds of mistakes alike.
    }
    throw new UsageException(
        "The server's address is a URL such as %s, found '%s'. Check --api or MILLRACE_API."
            .formatted(DEFAULT_API, address));
  }
}
