package io.millrace.scheduler.launch.process;

import java.nio.file.Path;

/** Who has the one right to start something. Made once, never taken back. */
sealed interface Claim {

  /** A wrapper runs it, or ran it. */
  record Run(ProcessId process) implements Claim {}

  /** It was stopped before it was started, and never starts. */
  record Cancelled() implements Claim {}

  /** The attempt is a gang: each of its members has a claim of its own. */
  record Gang(int members) implements Claim {}

  /** The file's content. */
  default String text() {
    return switch (this) {
      case Run(ProcessId(long pid, long started, String boot)) ->
          "process " + pid + " " + started + " " + boot + "\n";
      case Cancelled() -> "cancelled\n";
      case Gang(int members) -> "gang " + members + "\n";
    };
  }

  /**
   * Reads a file's content.
   *
   * @param file where it was, for the error
   */
  static Claim parse(String text, Path file) {
    String[] words = text.strip().split(" ");
    try {
      return switch (words[0]) {
        case "process" ->
            new Run(new ProcessId(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]));
        case "cancelled" -> new Cancelled();
        case "gang" -> new Gang(Integer.parseInt(words[1]));
        default -> throw new IllegalArgumentException(words[0]);
      };
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException unreadable) {
      throw new IllegalStateException(
          "claim %s holds '%s', which is none; it was written by something else: remove the attempt's folder if it is known not to run"
              .formatted(file, text.strip()),
          unreadable);
    }
  }
}
