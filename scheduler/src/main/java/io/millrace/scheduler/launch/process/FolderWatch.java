package io.millrace.scheduler.launch.process;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Tells what changes in folders, as the kernel tells it. One for many folders, because the kernel
 * allows a user few of them.
 */
final class FolderWatch implements Closeable {
  private static final Logger LOG = Logger.getLogger(FolderWatch.class);

  private final WatchService service;

  /** Guarded by itself: one key is shared by all who watch a folder, and ends with the last. */
  private final Map<WatchKey, List<Consumer<Path>>> listeners = new HashMap<>();

  FolderWatch() throws IOException {
    service = FileSystems.getDefault().newWatchService();
    Thread.ofVirtual().name("folder-watch").start(this::dispatch);
  }

  /**
   * Watches a folder.
   *
   * @param folder has to exist
   * @param listener gets the path of what was created, written or removed there, or the folder
   *     itself where the kernel lost count. It must not block
   * @return ends the watching
   */
  Closeable watch(Path folder, Consumer<Path> listener) throws IOException {
    synchronized (listeners) {
      WatchKey key =
          folder.register(
              service,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_MODIFY,
              StandardWatchEventKinds.ENTRY_DELETE);
      listeners.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(listener);
      return () -> unwatch(key, listener);
    }
  }

  private void unwatch(WatchKey key, Consumer<Path> listener) {
    synchronized (listeners) {
      List<Consumer<Path>> left = listeners.get(key);
      if (left != null && left.remove(listener) && left.isEmpty()) {
        listeners.remove(key);
        try {
          key.cancel();
        } catch (ClosedWatchServiceException ended) {
          // All are.
        }
      }
    }
  }

  private void dispatch() {
    try {
      while (true) {
        WatchKey key = service.take();
        for (WatchEvent<?> event : key.pollEvents()) {
          Path folder = (Path) key.watchable();
          Path changed = event.context() instanceof Path name ? folder.resolve(name) : folder;
          List<Consumer<Path>> interested;
          synchronized (listeners) {
            interested = listeners.getOrDefault(key, List.of());
          }
          interested.forEach(listener -> tell(listener, changed));
        }
        key.reset();
      }
    } catch (ClosedWatchServiceException closed) {
      // The end.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell(Consumer<Path> listener, Path changed) {
    try {
      listener.accept(changed);
    } catch (RuntimeException failed) {
      // The others have to be told all the same.
      LOG.errorf(failed, "path=%s its change could not be handled", changed);
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
