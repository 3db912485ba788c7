package io.millrace.scheduler.launch.process;

import java.nio.file.Path;
import java.util.Map;

/**
 * What a wrapper wrote down of its command's end.
 *
 * @param code as a shell gives it: 128 + n for signal n
 * @param stopped whether a stop had been marked by then
 */
record ExitStatus(int code, boolean stopped) {
  private static final Map<Integer, String> SIGNALS =
      Map.ofEntries(
          Map.entry(1, "SIGHUP"),
          Map.entry(2, "SIGINT"),
          Map.entry(3, "SIGQUIT"),
          Map.entry(4, "SIGILL"),
          Map.entry(6, "SIGABRT"),
          Map.entry(7, "SIGBUS"),
          Map.entry(8, "SIGFPE"),
          Map.entry(9, "SIGKILL"),
          Map.entry(11, "SIGSEGV"),
          Map.entry(13, "SIGPIPE"),
          Map.entry(14, "SIGALRM"),
          Map.entry(15, "SIGTERM"),
          Map.entry(24, "SIGXCPU"),
          Map.entry(25, "SIGXFSZ"));

  /**
   * Reads a file's content.
   *
   * @param file where it was, for the error
   */
  static ExitStatus parse(String text, Path file) {
    String[] words = text.strip().split(" ");
    try {
      return new ExitStatus(
          Integer.parseInt(words[0]), words.length > 1 && words[1].equals("stopped"));
    } catch (NumberFormatException unreadable) {
      throw new IllegalStateException(
          "exit status %s holds '%s', expected a number".formatted(file, text.strip()), unreadable);
    }
  }

  /** For people: the code, or the signal's name. */
  String text() {
    String signal = SIGNALS.get(code - 128);
    if (signal == null) {
      return "exit code " + code;
    }
    String hint = code == 137 ? ", as the kernel does when memory runs out" : "";
    return "killed by %s%s (exit code %d)".formatted(signal, hint, code);
  }
}
