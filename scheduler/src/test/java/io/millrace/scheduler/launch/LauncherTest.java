package io.millrace.scheduler.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.flow.FlowDocument;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.junit.jupiter.api.Test;

/** The pipeline of orders, with an executor that answers when the test says so. */
class LauncherTest {
  private final Map<AttemptId, UniEmitter<? super Observation>> launching = new HashMap<>();
  private final List<String> log = new ArrayList<>();
  private final List<Observation> published = new ArrayList<>();

  private final Executor executor =
      new Executor() {
        @Override
        public Uni<Observation> launch(Order.Launch order) {
          return Uni.createFrom()
              .emitter(
                  emitter -> {
                    log.add("launch " + order.of());
                    launching.put(order.of(), emitter);
                  });
        }

        @Override
        public Uni<Void> cancel(Order.Cancel order) {
          log.add("cancel " + order.of());
          return Uni.createFrom().voidItem();
        }
      };

  private final Launcher launcher =
      new Launcher(
          4,
          observation -> {
            published.add(observation);
            return Uni.createFrom().voidItem();
          },
          new SimpleMeterRegistry(),
          milestone -> {});

  private AssertSubscriber<Void> run(Message<?>... orders) {
    Multi<Message<byte[]>> all =
        Multi.createFrom()
            .items(orders)
            .map(message -> message.withPayload((byte[]) message.getPayload()));
    return launcher
        .carryOut(all, executor)
        .subscribe()
        .withSubscriber(AssertSubscriber.create(100));
  }

  private Message<byte[]> message(String name, byte[] order) {
    return Message.of(
        order,
        () -> {
          log.add("ack " + name);
          return CompletableFuture.completedFuture(null);
        });
  }

  private Message<byte[]> launch(String attempt) {
    return message(
        attempt,
        Json.write(
            new Order.Launch(
                AttemptId.parse(attempt),
                new FlowRef("f", "0".repeat(64)),
                new FlowDocument.Container(null, List.of("true"), List.of(), Map.of(), null),
                FlowDocument.Resources.NONE,
                null,
                null,
                List.of(),
                null,
                Map.of(),
                0,
                0,
                false,
                List.of(),
                null,
                List.of())));
  }

  private Message<byte[]> cancel(String attempt) {
    return message(
        "cancel of " + attempt,
        Json.write(
            new Order.Cancel(
                AttemptId.parse(attempt), Cause.of(Cause.Kind.CANCELLED, "enough"), null)));
  }

  private void answers(String attempt) {
    var of = AttemptId.parse(attempt);
    launching.remove(of).complete(new Observation.Launched(of));
  }

  @Test
  void anOrderIsAcknowledgedWhenItsAnswerIsPublished() {
    run(launch("r/a/0"));
    assertThat(log).containsExactly("launch r/a/0");

    answers("r/a/0");

    assertThat(log).containsExactly("launch r/a/0", "ack r/a/0");
    assertThat(published).containsExactly(new Observation.Launched(AttemptId.parse("r/a/0")));
  }

  @Test
  void ordersOfOneTaskRunOneAfterTheOther() {
    run(launch("r/a/0"), cancel("r/a/0"), launch("r/a/1"));
    assertThat(log).containsExactly("launch r/a/0");

    answers("r/a/0");

    assertThat(log)
        .containsExactly(
            "launch r/a/0", "ack r/a/0", "cancel r/a/0", "ack cancel of r/a/0", "launch r/a/1");
  }

  @Test
  void anotherTaskNeedNotWait() {
    var orders = new ArrayList<Message<?>>();
    for (int i = 0; i < 20; i++) {
      orders.add(launch("r/t" + i + "/0"));
    }
    run(orders.toArray(new Message<?>[0]));

    assertThat(log).as("four lanes, one of each launching").hasSize(4);
  }

  @Test
  void foreignBytesAreAcknowledgedAndHoldNobodyUp() {
    run(message("junk", "junk".getBytes(StandardCharsets.UTF_8)), launch("r/a/0"));

    assertThat(log).contains("ack junk", "launch r/a/0");
  }
}
