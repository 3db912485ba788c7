package io.millrace.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.CommandRun;
import io.millrace.client.FakeApi;
import io.millrace.client.Sample;
import io.millrace.events.Cause;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FollowTest {

  @Test
  void tellsAPipeEachChangeThatMatters() {
    try (FakeApi api = Sample.api()) {
      var result = CommandRun.against(api).execute("run", "train", "--follow");

      assertThat(result.err()).isEmpty();
      assertThat(result.lines())
          .startsWith("Run nightly-17")
          .endsWith(
              "Run nightly-17 succeeded in 9.5s.", "Outputs:", "  model: m-17", "  score: 0.93")
          .contains(
              "12:00:00  run nightly-17 of train started",
              "12:00:00  step start started",
              "12:00:01  step fit started",
              "12:00:02  fit-1/0 failed and is tried again: user-error, exit code 3: no memory left",
              "12:00:04  step merge started",
              "12:00:09  step end started",
              "12:00:03  step start done: 1/1, 2.5s",
              "12:00:03  step fit done: 3/3, 1 retry, 2.5s",
              "12:00:03  step merge done: 1/1, 2.5s",
              "12:00:03  step end done: 1/1, 2.5s")
          .hasSize(15);
      assertThat(result.code()).isZero();
    }
  }

  @Test
  void givesProgramsEveryEventAsALine() {
    try (FakeApi api = Sample.api()) {
      var result = CommandRun.against(api).execute("status", "nightly-17", "-f", "-o", "json");

      assertThat(result.lines()).hasSize(Sample.story().size());
      assertThat(result.lines().getLast())
          .contains("\"type\":\"io.millrace.run.succeeded\"")
          .contains("\"state\":\"succeeded\"");
      assertThat(result.code()).isZero();
    }
  }

  @Test
  void drawsATreeOnATerminal() {
    try (FakeApi api = Sample.api()) {
      var result =
          CommandRun.against(api)
              .onTerminal(100, 24)
              .with("NO_COLOR", "1")
              .execute("run", "train", "--follow");

      assertThat(result.out())
          .contains("train  nightly-17  succeeded  9.5s")
          .contains("✓   fit  ██████████  3/3  2.5s    1 retry")
          .contains("Run nightly-17 succeeded in 9.5s.");
      assertThat(result.code()).isZero();
    }
  }

  @Test
  void endsWithOneWhenTheRunFailed() {
    List<EventView> story =
        List.of(
            Sample.runEvent(0, RunChange.STARTED, null),
            Sample.taskEvent(
                2, "fit-1", 0, TaskChange.FAILED, Cause.userError(3, "no memory left"), null),
            Sample.runEvent(2.5, RunChange.FAILED, "task fit-1 failed"));
    try (FakeApi api =
        Sample.api()
            .on("GET /runs/nightly-17/events", (request, reply) -> Sample.tell(reply, story, 0))
            .on(
                "GET /runs/nightly-17",
                Sample.run(RunView.State.FAILED, Sample.step("fit", 3, 0, 1, 1, 0)))) {
      var result = CommandRun.against(api).execute("retry", "nightly-17", "--follow");

      assertThat(result.code()).isEqualTo(1);

      api.on("POST /runs/nightly-17/retry", new RunView.Accepted(Sample.RUN));
      result = CommandRun.against(api).execute("retry", "nightly-17", "--follow");

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.out())
          .contains("fit-1/0 failed: user-error, exit code 3: no memory left")
          .endsWith(
              """
              Run nightly-17 failed after 2.5s: task fit-1 failed
                fit-1/0  user-error, exit code 3: no memory left
              See what they wrote:
                millrace logs nightly-17 fit
              """);
    }
  }

  @Test
  void resumesWhereALostConnectionStopped() {
    List<EventView> story = Sample.story();
    var connections = new AtomicInteger();
    try (FakeApi api = Sample.api()) {
      api.on(
          "GET /runs/nightly-17/events",
          (request, reply) -> {
            switch (connections.incrementAndGet()) {
              case 1 -> {
                Sample.tell(reply, story.subList(0, 4), 0);
                reply.cut();
              }
              case 2 -> reply.text(503, "restarting");
              // Ended in good order, but too early: a server that is stopped does that.
              case 3 -> Sample.tell(reply, story.subList(0, 7), 4);
              default -> Sample.tell(reply, story, 7);
            }
          });

      var result =
          CommandRun.against(api).execute("status", "nightly-17", "--follow", "-o", "json");

      assertThat(api.requests("/runs/nightly-17/events"))
          .extracting(FakeApi.Request::lastEventId)
          .containsExactly(null, "0-3", "0-3", "0-6");
      assertThat(result.lines()).hasSize(story.size()).doesNotHaveDuplicates();
      assertThat(result.err()).contains("trying again for 20 s.").contains("Connected again.");
      assertThat(result.code()).isZero();
    }
  }

  @Test
  void givesUpWhenTheServerStaysAway() {
    try (FakeApi api = Sample.api()) {
      api.on(
          "GET /runs/nightly-17/events",
          (request, reply) -> {
            if (request.lastEventId() == null) {
              Sample.tell(reply, Sample.story().subList(0, 2), 0);
            }
            reply.cut();
          });
      var result =
          CommandRun.against(api)
              .givingUpAfter(Duration.ofMillis(200))
              .execute("run", "train", "--follow");

      assertThat(result.err())
          .contains("Gave up after 200 ms without the server. What runs there goes on");
      assertThat(result.code()).isEqualTo(1);
    }
  }

  @Test
  void saysWhatMayBeWrongWithARunThatDoesNotStart() {
    try (FakeApi api = Sample.api()) {
      api.on(
          "GET /runs/nightly-17/events",
          (request, reply) -> {
            reply.send(": keep-alive\n\n");
            park();
          });
      var result =
          CommandRun.against(api)
              .waitingForStart(Duration.ofMillis(100), Duration.ofMillis(300))
              .execute("run", "train", "--follow");

      assertThat(result.err())
          .contains("Run nightly-17 has not started yet; still waiting. The server has accepted it")
          .contains("Run nightly-17 has not started within");
      assertThat(result.code()).isEqualTo(1);
    }
  }

  /** Keeps the answer open until the server is stopped. */
  private static void park() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
