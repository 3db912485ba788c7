package io.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports on the loopback interface. Those that were chosen here are remembered in {@code
 * ports.properties} of the data folder: whoever was connected before a crash finds the same address
 * after the restart. A port that a person wishes for holds for one start.
 *
 * <p>Free ports are taken from 20000 to 29999, below every system's range for outgoing connections.
 * From that range a client that reconnects in a loop while its broker is down could be given the
 * broker's own port, be connected to itself, and keep the broker from ever coming back.
 */
final class Ports {
  private static final String LOOPBACK = "127.0.0.1";

  private static final int FIRST = 20_000;
  private static final int COUNT = 10_000;

  /** Given out by this process: nobody may listen there yet. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final Properties remembered = new Properties();

  Ports(Path folder) {
    this.file = folder.resolve("ports.properties");
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        remembered.load(in);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
      remembered.values().forEach(port -> GIVEN.add(Integer.valueOf((String) port)));
    }
  }

  /**
   * The port for {@code name}: the wish if it is not 0, else the one remembered, else a free one.
   *
   * @param option what a person can set to move it, for the message
   * @throws LocalModeException if another process listens there
   */
  int claim(String name, int wish, String option) {
    String before = remembered.getProperty(name);
    int port = wish != 0 ? wish : before != null ? Integer.parseInt(before) : free();
    if (!isFree(port)) {
      throw new LocalModeException(
          "Port %d of 127.0.0.1, meant for the %s, is taken by another process. Stop that one, or choose another port with %s."
              .formatted(port, name, option));
    }
    GIVEN.add(port);
    if (wish == 0 && before == null) {
      remembered.setProperty(name, Integer.toString(port));
      save();
    }
    return port;
  }

  /** A port that nobody listens on at this moment, another one at each call. */
  static int free() {
    int start = ThreadLocalRandom.current().nextInt(COUNT);
    for (int i = 0; i < COUNT; i++) {
      int port = FIRST + (start + i) % COUNT;
      if (!GIVEN.contains(port) && isFree(port) && GIVEN.add(port)) {
        return port;
      }
    }
    throw new LocalModeException("No port from 20000 to 29999 is free on 127.0.0.1.");
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      // A port whose last connections are still in TIME_WAIT is free for a server.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(LOOPBACK, port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }

  /** Written beside and moved into place: a crash leaves the old file or the new one. */
  private void save() {
    Path next = file.resolveSibling("ports.properties.next");
    try {
      try (var out = Files.newBufferedWriter(next)) {
        remembered.store(out, "Remembered so that a restart listens where the clients look.");
      }
      try {
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
