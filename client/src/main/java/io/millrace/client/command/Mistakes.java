package io.millrace.client.command;

import io.millrace.client.api.ApiException;
import io.millrace.client.follow.NeverStartedException;
import io.millrace.client.request.PublishException;
import io.millrace.client.request.UsageException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** How failures are told: what can be mended in a sentence or two, only bugs with a stack trace. */
final class Mistakes {
  private Mistakes() {}

  static int usage(ParameterException mistake, String[] args) {
    CommandLine command = mistake.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(mistake.getMessage());
    UnmatchedArgumentException.printSuggestions(mistake, err);
    err.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return ExitCode.USAGE;
  }

  static int failure(Exception failure, CommandLine command, ParseResult parsed) {
    if (failure instanceof NobodyReadsException) {
      return ExitCode.SOFTWARE;
    }
    command.getOut().flush();
    PrintWriter err = command.getErr();
    boolean usage = failure instanceof UsageException;
    if (usage
        || failure instanceof ApiException
        || failure instanceof PublishException
        || failure instanceof NeverStartedException) {
      err.println(failure.getMessage());
    } else {
      err.println("This is a bug in the millrace command line:");
      failure.printStackTrace(err);
    }
    err.flush();
    return usage ? ExitCode.USAGE : ExitCode.SOFTWARE;
  }
}
