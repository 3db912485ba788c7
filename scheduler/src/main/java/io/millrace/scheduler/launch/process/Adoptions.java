package io.millrace.scheduler.launch.process;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * Waits for processes that are not this server's children. Their wrappers write their exit status,
 * which the kernel tells at once; the JDK, which looks after strangers every few seconds only, is
 * asked too, for wrappers that were killed and wrote none.
 */
final class Adoptions {
  private static final Logger LOG = Logger.getLogger(Adoptions.class);
  private final FolderWatch watch;

  Adoptions(FolderWatch watch) {
    this.watch = watch;
  }

  /** Completes when the process is over, at once when it already is. */
  CompletableFuture<Void> end(Member member, ProcessId process) throws IOException {
    var end = new CompletableFuture<Void>();
    Closeable watching =
        watch.watch(
            member.path(),
            changed -> {
              boolean unsure = changed.equals(member.path());
              if (changed.equals(member.exitFile()) || unsure && member.exit().isPresent()) {
                end.complete(null);
              }
            });
    end.whenComplete((ignored, failure) -> close(watching));
    Optional<ProcessHandle> handle = ProcessHandle.of(process.pid());
    // The pid may be another process's by now: only what is asked after having the handle counts.
    if (handle.isEmpty() || !process.isAlive() || member.exit().isPresent()) {
      end.complete(null);
    } else {
      handle.get().onExit().thenRun(() -> end.complete(null));
    }
    return end;
  }

  private static void close(Closeable watching) {
    try {
      watching.close();
    } catch (IOException failed) {
      LOG.warnf("a folder's watch cannot be ended: %s", failed.getMessage());
    }
  }
}
