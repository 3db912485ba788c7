package io.millrace.client.follow;

import io.millrace.events.api.EventView;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a stream's thread leaves what came, for the one thread that writes to the screen. It is
 * bounded: a screen that stands still slows the stream down instead of filling the memory.
 */
final class Inbox implements AutoCloseable {
  private static final int ROOM = 1024;

  private sealed interface Item {}

  private record Happened(EventView event) implements Item {}

  private record Noticed(String text) implements Item {}

  private record Broken(Throwable failure) implements Item {}

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(ROOM);
  private final ExecutorService courier = Executors.newVirtualThreadPerTaskExecutor();
  private final Cancellable subscription;
  private RuntimeException failure;

  /**
   * @param stream gives the events, and tells the consumer of lost connections
   */
  Inbox(Function<Consumer<String>, Multi<EventView>> stream) {
    subscription =
        stream
            .apply(text -> put(new Noticed(text)))
            .emitOn(courier)
            .subscribe()
            .with(event -> put(new Happened(event)), failure -> put(new Broken(failure)));
  }

  /**
   * What came.
   *
   * @param events in order
   * @param notices of lost connections
   */
  record News(List<EventView> events, List<String> notices) {}

  /**
   * Waits for news.
   *
   * @param patience how long for the first
   * @param gather how long for more once there is one
   * @throws RuntimeException the stream's failure, after everything that came before it
   */
  News await(Duration patience, Duration gather) {
    var news = new News(new ArrayList<>(), new ArrayList<>());
    try {
      Item item = failure == null ? items.poll(patience.toNanos(), TimeUnit.NANOSECONDS) : null;
      long until = System.nanoTime() + gather.toNanos();
      while (item != null) {
        switch (item) {
          case Happened happened -> news.events().add(happened.event());
          case Noticed noticed -> news.notices().add(noticed.text());
          case Broken broken -> failure = asRuntime(broken.failure());
        }
        boolean more = failure == null && news.events().size() < ROOM;
        item = more ? items.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS) : null;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while following a stream", interrupted);
    }
    if (failure != null && news.events().isEmpty() && news.notices().isEmpty()) {
      throw failure;
    }
    return news;
  }

  private void put(Item item) {
    try {
      items.put(item);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static RuntimeException asRuntime(Throwable failure) {
    return failure instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("the stream broke", failure);
  }

  @Override
  public void close() {
    subscription.cancel();
    courier.shutdownNow();
  }
}
