package io.millrace.scheduler.launch.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/** Files that are there whole or not at all, whenever a process is killed. */
final class AtomicFiles {
  private AtomicFiles() {}

  /**
   * Writes a file unless there is one. Of several writers exactly one succeeds.
   *
   * @return whether this call wrote it
   */
  static boolean create(Path file, byte[] content) throws IOException {
    Path temporary = temporary(file, content, false);
    try {
      Files.createLink(file, temporary);
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** As {@link #create}, and what it wrote outlives a power cut. */
  static boolean createDurably(Path file, byte[] content) throws IOException {
    Path temporary = temporary(file, content, true);
    try {
      Files.createLink(file, temporary);
      force(file.getParent());
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Writes a file, over what was there. */
  static void replace(Path file, byte[] content) throws IOException {
    Path temporary = temporary(file, content, false);
    try {
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A file's bytes; empty when there is no such file. */
  static Optional<byte[]> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    }
  }

  private static Path temporary(Path file, byte[] content, boolean durably) throws IOException {
    Path temporary = file.resolveSibling("." + UUID.randomUUID() + ".tmp");
    Files.write(temporary, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (durably) {
      force(temporary);
    }
    return temporary;
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
