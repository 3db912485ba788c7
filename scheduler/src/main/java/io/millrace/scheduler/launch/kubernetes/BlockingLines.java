package io.millrace.scheduler.launch.kubernetes;

import io.millrace.scheduler.launch.LogLine;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/** A reading that blocks, as a stream that is read no faster than it is asked for. */
final class BlockingLines implements ContainerLog.Reader {
  private final MultiEmitter<? super LogLine> subscriber;

  /** Released whenever there may be demand, or none any more. */
  private final Semaphore wake = new Semaphore(0);

  private BlockingLines(MultiEmitter<? super LogLine> subscriber) {
    this.subscriber = subscriber;
  }

  /** Hands lines to a reader. */
  interface Reading {
    void into(ContainerLog.Reader reader) throws IOException, InterruptedException;
  }

  /** Each subscriber's reading has a thread of its own. */
  static Multi<LogLine> of(Reading reading) {
    return Multi.createFrom()
        .emitter(
            subscriber -> {
              var lines = new BlockingLines(subscriber);
              Thread thread = Thread.ofVirtual().name("logs").unstarted(() -> lines.run(reading));
              subscriber.onRequest(more -> lines.wake.release());
              subscriber.onTermination(thread::interrupt);
              thread.start();
            });
  }

  private void run(Reading reading) {
    try {
      reading.into(this);
      subscriber.complete();
    } catch (IOException | RuntimeException failed) {
      subscriber.fail(failed);
    } catch (InterruptedException gone) {
      Thread.currentThread().interrupt();
      subscriber.complete();
    }
  }

  @Override
  public boolean take(LogLine line) throws InterruptedException {
    while (!subscriber.isCancelled() && subscriber.requested() == 0) {
      wake.acquire();
    }
    subscriber.emit(line);
    return !subscriber.isCancelled();
  }
}
