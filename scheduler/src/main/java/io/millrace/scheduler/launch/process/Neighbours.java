package io.millrace.scheduler.launch.process;

import io.millrace.events.Digests;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Tells which other servers of the data folder are gone. Each server listens on a socket in the
 * folder; the others are connected to it and say nothing. When it is gone, however that came about,
 * the kernel ends their connections, which is the event.
 */
final class Neighbours implements Closeable {
  private static final Logger LOG = Logger.getLogger(Neighbours.class);
  private static final String SOCKET = ".sock";

  /** What the kernel takes as a socket's path, less the name of a temporary file. */
  private static final int LONGEST_PATH = 100;

  private final Path servers;
  private final String me;
  private final Departures departures;
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private ServerSocketChannel listening;
  private Closeable arrivals = () -> {};
  private volatile boolean closed;

  /**
   * @param me this server
   * @param departures told on threads that may block
   */
  Neighbours(Path servers, String me, Departures departures) {
    this.servers = servers;
    this.me = me;
    this.departures = departures;
  }

  /** What is learned of the others. */
  interface Departures {
    /** Nobody answers there: it is dead, or has not started yet. */
    void absent(String server);

    /** It was there, and its end is certain. */
    void gone(String server);
  }

  /** Lets others connect, and connects to all who are there and to all who come. */
  void open(FolderWatch watch) throws IOException {
    listen();
    arrivals = watch.watch(servers, this::arrived);
    everybody();
  }

  private void listen() throws IOException {
    Path temporary = servers.resolve(me + ".new");
    Files.deleteIfExists(temporary);
    try {
      listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listening.bind(address(temporary));
      // Nobody sees it before it listens.
      Files.move(temporary, servers.resolve(me + SOCKET), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | UnsupportedOperationException unsupported) {
      LOG.warnf(
          "server=%s folder=%s cannot listen on a socket there: %s. Should this server die, others"
              + " take its attempts over only when they start",
          me, servers, unsupported.getMessage());
      return;
    }
    Thread.ofVirtual().name("neighbours-accept").start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel neighbour = listening.accept();
        Thread.ofVirtual().name("neighbour").start(() -> awaitEnd(neighbour));
      }
    } catch (IOException end) {
      if (!closed) {
        LOG.errorf(end, "server=%s accepts no more neighbours", me);
      }
    }
  }

  private void arrived(Path changed) {
    if (changed.equals(servers)) {
      Thread.ofVirtual().name("neighbours").start(this::everybodyAgain);
    } else if (changed.toString().endsWith(SOCKET) && Files.exists(changed)) {
      greet(changed);
    }
  }

  private void everybody() throws IOException {
    try (DirectoryStream<Path> sockets = Files.newDirectoryStream(servers, "*" + SOCKET)) {
      sockets.forEach(this::greet);
    }
  }

  private void everybodyAgain() {
    try {
      everybody();
    } catch (IOException unreadable) {
      LOG.errorf(unreadable, "server=%s cannot list %s", me, servers);
    }
  }

  private void greet(Path socket) {
    String name = socket.getFileName().toString();
    String id = name.substring(0, name.length() - SOCKET.length());
    if (!id.equals(me) && !closed) {
      Thread.ofVirtual().name("neighbour-" + id).start(() -> follow(socket, id));
    }
  }

  private void follow(Path socket, String id) {
    SocketChannel neighbour;
    try {
      neighbour = SocketChannel.open(address(socket));
    } catch (IOException nobody) {
      LOG.debugf("server=%s does not answer: %s", id, nobody.getMessage());
      departures.absent(id);
      return;
    }
    awaitEnd(neighbour);
    if (!closed) {
      departures.gone(id);
    }
  }

  private void awaitEnd(SocketChannel neighbour) {
    connections.add(neighbour);
    try (neighbour) {
      if (!closed) {
        while (neighbour.read(ByteBuffer.allocate(1)) >= 0) {}
      }
    } catch (IOException end) {
      LOG.debugf("neighbour's connection ended: %s", end.getMessage());
    } finally {
      connections.remove(neighbour);
    }
  }

  /** Whether a server of this id is there. */
  static boolean isListening(Path servers, String id) {
    try (SocketChannel connection = SocketChannel.open(address(servers.resolve(id + SOCKET)))) {
      return connection.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }

  private static UnixDomainSocketAddress address(Path socket) throws IOException {
    if (socket.toString().length() <= LONGEST_PATH) {
      return UnixDomainSocketAddress.of(socket);
    }
    // A short way to the same folder. Whoever makes it first makes the same.
    Path folder = socket.getParent();
    Path link =
        Path.of(System.getProperty("java.io.tmpdir"))
            .resolve("millrace-" + Digests.sha256(folder.toString()).substring(0, 16));
    try {
      Files.createSymbolicLink(link, folder);
    } catch (FileAlreadyExistsException there) {
      if (!Files.isSymbolicLink(link) || !Files.readSymbolicLink(link).equals(folder)) {
        throw new IOException(link + " is not a link to " + folder + "; remove it", there);
      }
    }
    return UnixDomainSocketAddress.of(link.resolve(socket.getFileName()));
  }

  /** Neighbours learn of this server's end by this. */
  @Override
  public void close() throws IOException {
    closed = true;
    arrivals.close();
    if (listening != null) {
      listening.close();
      Files.deleteIfExists(servers.resolve(me + SOCKET));
    }
    for (SocketChannel connection : connections) {
      connection.close();
    }
  }
}
