package io.millrace.scheduler.intake;

import io.millrace.core.Entity;
import io.millrace.events.Command;
import io.millrace.events.FlowRef;
import io.millrace.scheduler.topics.CommandWriter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees to it that a partition has a flow's definition before a run there that needs it. What was
 * sent is rested on for a part of the time for which the engine keeps an unused definition ({@link
 * Entity.Flow#KEPT_UNUSED}), then it is sent again.
 */
@ApplicationScoped
class Definitions {
  private static final Duration RESTED_ON = Entity.Flow.KEPT_UNUSED.dividedBy(4);

  private final FlowCatalog catalog;
  private final CommandWriter writer;
  private final Map<Place, Sent> sent = new ConcurrentHashMap<>();

  private record Place(int partition, FlowRef ref) {}

  private record Sent(Instant until, Uni<Void> acknowledged) {}

  Definitions(FlowCatalog catalog, CommandWriter writer) {
    this.catalog = catalog;
    this.writer = writer;
  }

  /** Completes when the definition stands in the partition's log. */
  Uni<Void> define(int partition, FlowRef ref) {
    Instant now = Instant.now();
    return sent.compute(
            new Place(partition, ref),
            (place, before) ->
                before != null && before.until().isAfter(now) ? before : send(place, now))
        .acknowledged();
  }

  private Sent send(Place place, Instant now) {
    Uni<Void> acknowledged =
        writer
            .append(
                place.partition(),
                "flow/" + place.ref(),
                new Command.FlowDefined(place.ref(), catalog.definition(place.ref())))
            .onFailure()
            .invoke(() -> sent.remove(place))
            .memoize()
            .indefinitely();
    return new Sent(now.plus(RESTED_ON), acknowledged);
  }
}
