package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Which server observes which attempt. An attempt has a marker from before it is started until its
 * end is acknowledged; the marker names its owner. It changes hands only while the taker holds the
 * lock of the owner, which is only free when the owner is dead.
 */
final class Ownership implements Closeable {
  private final DataFolder data;
  private final String me;
  private final Consumer<List<AttemptId>> taken;

  /** A server that is seen as dead must not take anything more: nobody would look for it there. */
  private final ReentrantLock taking = new ReentrantLock();

  private boolean closed;
  private ServerLock mine;

  /**
   * @param me this server
   * @param taken gets the attempts that were taken over from a dead server
   */
  Ownership(DataFolder data, String me, Consumer<List<AttemptId>> taken) {
    this.data = data;
    this.me = me;
    this.taken = taken;
  }

  /**
   * The content of a marker.
   *
   * @param attempt whose it is
   * @param owner the server that observes it
   */
  record Marker(AttemptId attempt, String owner) {}

  /** Becomes a server: others see it as alive from here on. */
  void open() throws IOException {
    Path file = lockFile(me);
    Optional<ServerLock> free = ServerLock.tryAcquire(file);
    if (free.isEmpty() && Neighbours.isListening(data.servers(), me)) {
      throw new IllegalStateException(
          "server id '%s' is in use by another server on %s; give each server an id of its own"
              .formatted(me, data.root()));
    }
    // Otherwise a neighbour is about to take over what an earlier server of this id left.
    mine = free.isPresent() ? free.get() : ServerLock.acquire(file);
  }

  /** The attempts that are this server's by their markers. */
  List<AttemptId> mine() throws IOException {
    return markers().stream()
        .filter(marker -> marker.owner().equals(me))
        .map(Marker::attempt)
        .toList();
  }

  /** Every other server that owns something. */
  Set<String> others() throws IOException {
    var others = new TreeSet<String>();
    markers().forEach(marker -> others.add(marker.owner()));
    others.remove(me);
    return others;
  }

  /**
   * Makes an attempt this server's, unless it is another living server's.
   *
   * @return whether it is this server's now
   */
  boolean take(AttemptId of) throws IOException {
    while (true) {
      if (AtomicFiles.create(data.marker(of), Json.write(new Marker(of, me)))) {
        return true;
      }
      Optional<Marker> marker = read(data.marker(of));
      if (marker.isEmpty()) {
        continue;
      }
      if (marker.get().owner().equals(me)) {
        return true;
      }
      if (!takeOver(marker.get().owner())) {
        return false;
      }
    }
  }

  /** Its end is acknowledged, or nothing was started of it. What is another server's stays. */
  void release(AttemptId of) throws IOException {
    Optional<Marker> marker = read(data.marker(of));
    if (marker.isPresent() && marker.get().owner().equals(me)) {
      Files.deleteIfExists(data.marker(of));
    }
  }

  /**
   * Takes over what a server left, if it is dead.
   *
   * @return whether it is
   */
  boolean takeOver(String server) throws IOException {
    Optional<ServerLock> lock = ServerLock.tryAcquire(lockFile(server));
    if (lock.isPresent()) {
      takeOver(server, lock.get());
    }
    return lock.isPresent();
  }

  /** Takes over what a server left that is about to be dead. */
  void takeOverFromDying(String server) throws IOException {
    takeOver(server, ServerLock.acquire(lockFile(server)));
  }

  private void takeOver(String server, ServerLock lock) throws IOException {
    var attempts = new ArrayList<AttemptId>();
    taking.lock();
    try (lock) {
      if (closed) {
        return;
      }
      for (Marker marker : markers()) {
        if (marker.owner().equals(server)) {
          AtomicFiles.replace(
              data.marker(marker.attempt()), Json.write(new Marker(marker.attempt(), me)));
          attempts.add(marker.attempt());
        }
      }
    } finally {
      taking.unlock();
    }
    if (!attempts.isEmpty()) {
      taken.accept(attempts);
    }
  }

  private List<Marker> markers() throws IOException {
    var markers = new ArrayList<Marker>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data.active(), "[!.]*")) {
      for (Path file : files) {
        read(file).ifPresent(markers::add);
      }
    }
    return markers;
  }

  private static Optional<Marker> read(Path file) throws IOException {
    Optional<byte[]> bytes = AtomicFiles.read(file);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    return switch (Json.read(bytes.get(), Marker.class, "marker of an attempt")) {
      case Decoded.Understood<Marker>(Marker marker) -> Optional.of(marker);
      case Decoded.NotUnderstood<Marker>(String reason) ->
          throw new IOException(
              "%s: %s; it was written by something else, remove it".formatted(file, reason));
    };
  }

  private Path lockFile(String server) {
    return data.servers().resolve(server + ".lock");
  }

  /** Others see this server as dead from here on. */
  @Override
  public void close() throws IOException {
    taking.lock();
    try {
      closed = true;
      if (mine != null) {
        mine.close();
      }
    } finally {
      taking.unlock();
    }
  }
}
