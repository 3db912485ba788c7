package io.millrace.scheduler.launch;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.events.AttemptId;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.scheduler.Milestones;
import io.millrace.scheduler.Milestones.Milestone;
import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.watcher.ObservationSink;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.jboss.logging.Logger;

/**
 * Has orders carried out, many at a time and those of one task one after the other. An order is
 * acknowledged when what came of it is durable in the command log; so one that was under way when a
 * replica died comes again, to an executor for which that changes nothing.
 */
@ApplicationScoped
public class Launcher {
  private static final Logger LOG = Logger.getLogger(Launcher.class);
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);

  private final ObservationSink sink;
  private final MeterRegistry meters;
  private final Consumer<Milestone> milestones;
  private final int lanes;

  @Inject
  Launcher(
      SchedulerConfig config, CommandWriter writer, MeterRegistry meters, Milestones milestones) {
    this(config.launch().inFlight(), writer, meters, milestones::reached);
  }

  /**
   * @param lanes how many orders are carried out at the same time
   * @param sink gets what came of them
   */
  Launcher(int lanes, ObservationSink sink, MeterRegistry meters, Consumer<Milestone> milestones) {
    this.lanes = lanes;
    this.sink = sink;
    this.meters = meters;
    this.milestones = milestones;
  }

  /** The pipeline: each task's orders keep to one lane, and each lane carries out one at a time. */
  Multi<Void> carryOut(Multi<Message<byte[]>> orders, Executor executor) {
    return orders
        .onItem()
        .transform(Launcher::read)
        .group()
        .by(received -> received.lane(lanes))
        .onItem()
        .transformToMulti(
            lane -> lane.onItem().transformToUniAndConcatenate(one -> carryOut(one, executor)))
        .merge(lanes);
  }

  private record Received(Message<byte[]> message, Decoded<Order> order) {
    int lane(int lanes) {
      return switch (order) {
        case Decoded.Understood<Order>(Order known) ->
            Math.floorMod(Objects.hash(known.of().run(), known.of().task()), lanes);
        case Decoded.NotUnderstood<Order> unknown -> 0;
      };
    }
  }

  private static Received read(Message<byte[]> message) {
    return new Received(message, Json.read(message.getPayload(), Order.class, "an order"));
  }

  private Uni<Void> carryOut(Received received, Executor executor) {
    Uni<Void> done =
        switch (received.order()) {
          case Decoded.Understood<Order>(Order.Launch launch) -> launch(launch, executor);
          case Decoded.Understood<Order>(Order.Cancel cancel) -> cancel(cancel, executor);
          case Decoded.NotUnderstood<Order>(String reason) -> {
            LOG.errorf("an order that only the engine can have written is none: %s", reason);
            yield Uni.createFrom().voidItem();
          }
        };
    return done.chain(() -> Uni.createFrom().completionStage(received.message().ack()));
  }

  private Uni<Void> launch(Order.Launch order, Executor executor) {
    long began = System.nanoTime();
    milestones.accept(Milestone.LAUNCHING);
    return again(order.of(), Uni.createFrom().deferred(() -> executor.launch(order)))
        .invoke(answer -> measure(answer, System.nanoTime() - began))
        .invoke(answer -> milestones.accept(Milestone.LAUNCHED))
        .chain(answer -> again(order.of(), sink.publish(answer)))
        .invoke(() -> milestones.accept(Milestone.REPORTED));
  }

  private void measure(Observation answer, long nanos) {
    meters
        .timer(
            "millrace.launches",
            "answer",
            answer.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT))
        .record(Duration.ofNanos(nanos));
  }

  private Uni<Void> cancel(Order.Cancel order, Executor executor) {
    return again(order.of(), Uni.createFrom().deferred(() -> executor.cancel(order)));
  }

  /** Fails only when it is cancelled: an order that nothing is known of is carried out again. */
  private static <T> Uni<T> again(AttemptId of, Uni<T> work) {
    return work.onFailure()
        .invoke(failure -> LOG.warnf("attempt=%s again: %s", of, failure.getMessage()))
        .onFailure()
        .retry()
        .withBackOff(FIRST_DELAY, LONGEST_DELAY)
        .indefinitely();
  }
}
