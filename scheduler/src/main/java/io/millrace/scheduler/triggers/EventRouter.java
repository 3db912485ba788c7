package io.millrace.scheduler.triggers;

import io.millrace.events.CloudEvents;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Event;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.Triggers.On;
import io.millrace.scheduler.intake.FlowCatalog;
import io.millrace.scheduler.intake.RunRequestIntake;
import io.millrace.scheduler.intake.TriggerCommands;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.topics.Incoming;
import io.millrace.scheduler.topics.RefusalLog;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Brings events to the flows that wait for them. A record is acknowledged when all commands that
 * follow from it are durable; one that comes again gives the same commands again, which start
 * nothing twice.
 */
@ApplicationScoped
public class EventRouter {
  private static final Logger LOG = Logger.getLogger(EventRouter.class);

  /** Less than what was started for an event is remembered. */
  private static final Duration OLDEST = RunRequestIntake.OLDEST;

  private final RefusalLog refusals = new RefusalLog(LOG);
  private final FlowCatalog catalog;
  private final TriggerCommands triggers;
  private final CommandWriter writer;
  private volatile Index index = new Index(-1, Map.of());

  /** A flow that waits for an event. */
  private record Waiting(FlowDocument flow, On on) {}

  /** Who waits for what, by label, as of a version of the catalog. */
  private record Index(long version, Map<String, List<Waiting>> waiting) {}

  EventRouter(FlowCatalog catalog, TriggerCommands triggers, CommandWriter writer) {
    this.catalog = catalog;
    this.triggers = triggers;
    this.writer = writer;
  }

  /** Takes what somebody published. */
  Uni<Void> takePublished(Message<byte[]> message) {
    return Incoming.of(message).take(this::published, LOG);
  }

  private Uni<Void> published(Incoming incoming) {
    if (isTooOld(incoming)) {
      return refuse(
          incoming,
          "published at %s, longer ago than events are taken (%d days): whether a run was started for it before is no longer known. Publish it again under a new id"
              .formatted(incoming.published(), OLDEST.toDays()));
    }
    return switch (Occurrence.published(incoming)) {
      // Who has deployed a flow and then publishes an event has it started, whichever replica it
      // is.
      case Decoded.Understood<Occurrence>(Occurrence occurrence) ->
          catalog.upToDate().chain(() -> route(occurrence));
      case Decoded.NotUnderstood<Occurrence>(String reason) -> refuse(incoming, reason);
    };
  }

  private static boolean isTooOld(Incoming incoming) {
    return incoming.published().isBefore(Instant.now().minus(OLDEST));
  }

  private Uni<Void> refuse(Incoming incoming, String reason) {
    var record = incoming.record();
    refusals.refused(record.topic(), record.partition(), record.offset(), reason);
    return writer.refuse(record, reason);
  }

  /** Takes Millrace's own events, many at once; most of them are nobody's concern. */
  Uni<Void> takeOwn(Message<List<byte[]>> batch) {
    boolean somebodyWaits = !index().waiting().isEmpty();
    return Incoming.takeEach(
        batch, incoming -> somebodyWaits && mayConcern(incoming), this::own, LOG);
  }

  private static boolean mayConcern(Incoming incoming) {
    String type = incoming.text("ce_type");
    return type != null && OwnEvents.TYPES.contains(type) && !isTooOld(incoming);
  }

  private Uni<Void> own(Incoming incoming) {
    byte[] value = incoming.record().value();
    Decoded<? extends Event> event =
        incoming.text("ce_type").startsWith("io.millrace.run.")
            ? Json.read(value, Event.RunChanged.class, "a run's change")
            : Json.read(value, Event.TaskChanged.class, "a task's change");
    if (event instanceof Decoded.Understood<? extends Event>(Event succeeded)
        && CloudEvents.attributes(incoming::header)
            instanceof Decoded.Understood<CloudEvents.Attributes>(var attributes)) {
      FlowRef flow =
          switch (succeeded) {
            case Event.RunChanged run -> run.flow();
            case Event.TaskChanged task -> task.flow();
          };
      return catalog
          .find(flow.toString())
          .chain(
              known -> {
                Optional<Occurrence> occurrence =
                    known
                        .map(catalog::document)
                        .flatMap(
                            document ->
                                OwnEvents.of(
                                    succeeded, attributes, document, incoming.published()));
                return occurrence.map(this::route).orElseGet(() -> Uni.createFrom().voidItem());
              });
    }
    return Uni.createFrom().voidItem();
  }

  private Uni<Void> route(Occurrence occurrence) {
    var commands = new ArrayList<Command.EventArrived>();
    for (String label : occurrence.labels()) {
      for (Waiting waiting : index().waiting().getOrDefault(label, List.of())) {
        if (occurrence.fits(waiting.on())) {
          commands.add(
              new Command.EventArrived(
                  waiting.flow().name(),
                  label,
                  occurrence.identity(),
                  occurrence.event(),
                  occurrence.parameters(waiting.flow(), waiting.on())));
        }
      }
    }
    return Multi.createFrom()
        .iterable(commands)
        .onItem()
        .transformToUniAndMerge(
            command -> {
              LOG.debugf("event=%s flow=%s", occurrence.event().name(), command.flow());
              return triggers.arrived(command);
            })
        .collect()
        .last()
        .replaceWithVoid();
  }

  private Index index() {
    Index known = index;
    long latest = catalog.latest();
    if (known.version() == latest) {
      return known;
    }
    var waiting = new HashMap<String, List<Waiting>>();
    for (FlowCatalog.Deployment deployment : catalog.deployments()) {
      FlowDocument document = catalog.document(deployment.ref());
      if (document != null) {
        for (On on : document.triggers().events()) {
          waiting
              .computeIfAbsent(on.label(), label -> new ArrayList<>())
              .add(new Waiting(document, on));
        }
      }
    }
    var now = new Index(latest, waiting);
    index = now;
    return now;
  }
}
