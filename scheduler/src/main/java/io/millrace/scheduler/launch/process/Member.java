package io.millrace.scheduler.launch.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process of an attempt, as its files tell it.
 *
 * @param index 0, 1, 2 …; 0 for a single process
 * @param path its folder
 */
record Member(int index, Path path) {

  Path stdout() {
    return path.resolve("stdout");
  }

  Path stderr() {
    return path.resolve("stderr");
  }

  Path outcome() {
    return path.resolve("outcome.json");
  }

  Path exitFile() {
    return path.resolve("exit");
  }

  /** Who has it; empty while nobody has. */
  Optional<Claim> claim() {
    Path file = path.resolve("claim");
    return text(file).map(text -> Claim.parse(text, file));
  }

  /**
   * Claims it, unless somebody has.
   *
   * @return who has it now
   */
  Claim claim(Claim wanted) throws IOException {
    AtomicFiles.create(path.resolve("claim"), wanted.text().getBytes(StandardCharsets.UTF_8));
    return claim().orElseThrow();
  }

  /** How its command ended; empty while it runs, and for ever where its wrapper was killed. */
  Optional<ExitStatus> exit() {
    return text(exitFile()).map(text -> ExitStatus.parse(text, exitFile()));
  }

  private static Optional<String> text(Path file) {
    try {
      return AtomicFiles.read(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException unreadable) {
      throw new UncheckedIOException("cannot read " + file, unreadable);
    }
  }
}
