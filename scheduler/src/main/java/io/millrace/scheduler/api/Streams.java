package io.millrace.scheduler.api;

import io.millrace.events.Json;
import io.millrace.scheduler.SchedulerConfig;
import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/** Server-sent events: bounded in number, and kept alive through proxies that close silent ones. */
@ApplicationScoped
class Streams {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  private final Semaphore places;
  private final int most;

  Streams(SchedulerConfig config) {
    this.most = config.api().streams();
    this.places = new Semaphore(most);
  }

  /** An event of the stream: where to go on after it, what it is, and its data. */
  record Sent(String id, String name, Object data) {}

  /**
   * Serves a stream.
   *
   * @param events made when there is a place for it
   */
  Multi<OutboundSseEvent> serve(Sse sse, Supplier<Multi<Sent>> events) {
    if (!places.tryAcquire()) {
      throw ApiException.busy(
          "%d streams are served at the same time and all are taken; close one, try again later, or raise millrace.api.streams"
              .formatted(most));
    }
    var left = new AtomicBoolean();
    Runnable leave =
        () -> {
          if (left.compareAndSet(false, true)) {
            places.release();
          }
        };
    try {
      OutboundSseEvent end = sse.newEventBuilder().comment("end").build();
      Multi<OutboundSseEvent> all =
          events.get().map(event -> event(sse, event)).onCompletion().continueWith(end);
      Multi<OutboundSseEvent> ticks =
          Multi.createFrom()
              .ticks()
              .startingAfter(KEEP_ALIVE)
              .every(KEEP_ALIVE)
              .onOverflow()
              .drop()
              .map(tick -> sse.newEventBuilder().comment("keep-alive").build());
      return Multi.createBy()
          .merging()
          .streams(all, ticks)
          .select()
          .first(event -> event != end)
          .onTermination()
          .invoke(leave);
    } catch (RuntimeException refused) {
      leave.run();
      throw refused;
    }
  }

  private static OutboundSseEvent event(Sse sse, Sent event) {
    return sse.newEventBuilder()
        .id(event.id())
        .name(event.name())
        .data(String.class, Json.text(event.data()))
        .build();
  }
}
