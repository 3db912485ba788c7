package io.millrace.scheduler.objects;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Objects as files of a folder, which several processes may share. */
public final class FolderObjectStore implements ObjectStore {
  /** Where files are written before they take their place. */
  private static final String TEMPORARY = ".tmp";

  private final Path root;

  /**
   * @param root is created when it is not there
   */
  public FolderObjectStore(Path root) {
    this.root = root.toAbsolutePath().normalize();
    try {
      Files.createDirectories(this.root.resolve(TEMPORARY));
    } catch (IOException failed) {
      throw problem("create the folder", "", failed);
    }
  }

  @Override
  public Written put(String key, byte[] content, Condition condition) {
    Path file = file(key);
    Path temporary = root.resolve(TEMPORARY).resolve(UUID.randomUUID().toString());
    try {
      Files.createDirectories(file.getParent());
      Files.write(temporary, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      force(temporary);
      switch (condition) {
        case NONE ->
            Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        case IF_ABSENT -> Files.createLink(file, temporary);
      }
      force(file.getParent());
      return Written.WRITTEN;
    } catch (FileAlreadyExistsException taken) {
      if (condition == Condition.IF_ABSENT && Files.isRegularFile(file)) {
        return Written.ALREADY_THERE;
      }
      throw problem("write", key, taken);
    } catch (IOException failed) {
      throw problem("write", key, failed);
    } finally {
      remove(temporary);
    }
  }

  @Override
  public Optional<byte[]> get(String key) {
    Path file = file(key);
    try {
      return Files.isDirectory(file) ? Optional.empty() : Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException failed) {
      throw problem("read", key, failed);
    }
  }

  @Override
  public Stream<String> list(String prefix) {
    int segments = prefix.lastIndexOf('/');
    Path from = segments < 0 ? root : file(prefix.substring(0, segments));
    List<String> keys = new ArrayList<>();
    try {
      Files.walkFileTree(from, new Keys(prefix, keys));
    } catch (IOException failed) {
      throw problem("list", prefix, failed);
    }
    keys.sort(ObjectKeys.ORDER);
    return keys.stream();
  }

  /** Collects the keys of files. What is removed while it walks is not there. */
  private final class Keys extends SimpleFileVisitor<Path> {
    private final String prefix;
    private final List<String> keys;

    Keys(String prefix, List<String> keys) {
      this.prefix = prefix;
      this.keys = keys;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      return folder.equals(root.resolve(TEMPORARY))
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String key = root.relativize(file).toString();
      if (key.startsWith(prefix)) {
        keys.add(key);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }

  @Override
  public void delete(String key) {
    Path file = file(key);
    try {
      if (!Files.isDirectory(file)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException failed) {
      throw problem("delete", key, failed);
    }
  }

  private Path file(String key) {
    Path file = root.resolve(ObjectKeys.valid(key));
    if (file.startsWith(root.resolve(TEMPORARY))) {
      throw new IllegalArgumentException(
          "object key '%s' begins with %s, where unfinished files are".formatted(key, TEMPORARY));
    }
    return file;
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private void remove(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException failed) {
      throw problem("remove the temporary file of", temporary.toString(), failed);
    }
  }

  private ObjectStoreException problem(String what, String key, IOException failed) {
    return new ObjectStoreException(
        "cannot %s object '%s' in folder %s: %s; see that the folder is writable for this process, and that its disk is not full"
            .formatted(what, key, root, failed),
        failed);
  }

  @Override
  public Optional<String> address() {
    return Optional.empty();
  }

  @Override
  public void close() {
    // Nothing is held open.
  }
}
