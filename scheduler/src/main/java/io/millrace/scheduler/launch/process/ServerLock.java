package io.millrace.scheduler.launch.process;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock that a server holds for as long as it lives; the kernel frees it when the server is
 * killed. Who holds a server's lock may take over what it left.
 *
 * <p>POSIX gives a lock up as soon as its process closes <em>any</em> channel of the file. So while
 * this JVM holds a lock, nothing here opens that file again: a second server in the same JVM waits
 * for the first in memory. For the same reason lock files have no content that somebody would read.
 * They stay when a server has gone, because removing them would let two hold a lock of one name.
 *
 * <p>Servers do not wait for each other's locks to learn of a death: two that wait for one another
 * are a deadlock to the kernel, which then refuses one of them.
 */
final class ServerLock implements Closeable {
  private static final Map<Path, CompletableFuture<Void>> HELD_HERE = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel channel;
  private final CompletableFuture<Void> released;

  private ServerLock(Path file, FileChannel channel, CompletableFuture<Void> released) {
    this.file = file;
    this.channel = channel;
    this.released = released;
  }

  /** The lock if it is free; empty if somebody lives who has it. */
  static Optional<ServerLock> tryAcquire(Path file) throws IOException {
    var released = new CompletableFuture<Void>();
    return HELD_HERE.putIfAbsent(file, released) == null
        ? Optional.ofNullable(lock(file, released, false))
        : Optional.empty();
  }

  /** The lock, as soon as it is free. */
  static ServerLock acquire(Path file) throws IOException {
    var released = new CompletableFuture<Void>();
    for (CompletableFuture<Void> holder = HELD_HERE.putIfAbsent(file, released);
        holder != null;
        holder = HELD_HERE.putIfAbsent(file, released)) {
      holder.join();
    }
    return lock(file, released, true);
  }

  private static ServerLock lock(Path file, CompletableFuture<Void> released, boolean wait)
      throws IOException {
    FileChannel channel = null;
    FileLock lock = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock = wait ? channel.lock() : channel.tryLock();
      return lock == null ? null : new ServerLock(file, channel, released);
    } finally {
      if (lock == null) {
        if (channel != null) {
          channel.close();
        }
        HELD_HERE.remove(file);
        released.complete(null);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD_HERE.remove(file, released);
      released.complete(null);
    }
  }
}
