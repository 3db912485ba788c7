package io.millrace.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.CommandRun;
import io.millrace.client.FakeApi;
import io.millrace.client.Sample;
import io.millrace.events.Event.RunChange;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.TaskId;
import io.millrace.events.api.EventView;
import io.millrace.events.api.LogLine;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView.Logged;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogsTest {
  private final FakeApi api =
      Sample.api().on("GET /runs/nightly-17", Sample.run(RunView.State.RUNNING));

  @AfterEach
  void close() {
    api.close();
  }

  private static Logged attempt(String task, int attempt) {
    return new Logged(TaskId.parse(task), attempt);
  }

  private static String path(String task, int attempt) {
    return "/runs/nightly-17/tasks/%s/attempts/%d/logs".formatted(task, attempt);
  }

  private void writes(String task, int attempt, LogLine... lines) {
    api.on(
        "GET " + path(task, attempt),
        (request, reply) -> {
          reply.send(": keep-alive\n\n");
          for (int i = 0; i < lines.length; i++) {
            reply.message(Integer.toString(i), "line", lines[i]);
          }
        });
  }

  private static LogLine out(String text) {
    return new LogLine("stdout", 0, text);
  }

  @Test
  void showsAttemptAfterAttempt() {
    api.on(
        "GET /runs/nightly-17/logs?step=fit",
        new Logged.Page(List.of(attempt("fit-1", 0), attempt("fit-11", 0), attempt("gang", 1))));
    writes("fit-1", 0, out("one"), new LogLine("stderr", 0, "oh"));
    writes("gang", 1, new LogLine("stdout", 2, "third member"));

    var result = CommandRun.against(api).execute("logs", "nightly-17", "fit");

    // Nothing is known of fit-11/0: it never ran.
    assertThat(result.lines())
        .containsExactly("fit-1/0  | one", "fit-1/0  ! oh", "gang/1#2 | third member");
    assertThat(result.code()).isZero();
    assertThat(CommandRun.against(api).execute("logs", "nightly-17", "fit", "-o", "json").lines())
        .startsWith(
            "{\"task\":\"fit-1\",\"attempt\":0,\"stream\":\"stdout\",\"member\":0,\"text\":\"one\"}");
  }

  @Test
  void marksLinesByColourOnATerminal() {
    api.on("GET /runs/nightly-17/logs", new Logged.Page(List.of(attempt("fit-1", 0))));
    writes("fit-1", 0, new LogLine("stderr", 0, "oh"));

    var result = CommandRun.against(api).onTerminal(80, 24).execute("logs", "nightly-17");

    assertThat(result.out()).contains("\u001b[31m ! \u001b[0moh");
    result = CommandRun.against(api).onTerminal(80, 24).execute("logs", "nightly-17", "--no-color");
    assertThat(result.out()).isEqualTo("fit-1/0 ! oh\n");
  }

  @Test
  void followsAttemptsThatBeginLater() throws Exception {
    api.on("GET /runs/nightly-17/logs", new Logged.Page(List.of(attempt("start", 0))));
    var firstRead = new CountDownLatch(1);
    api.on(
        "GET " + path("start", 0),
        (request, reply) -> {
          reply.message("0", "line", out("hello"));
          firstRead.countDown();
        });
    api.on(
        "GET /runs/nightly-17/events",
        (request, reply) -> {
          await(firstRead);
          Sample.tell(
              reply,
              List.of(
                  Sample.taskEvent(1, "start", 0, TaskChange.SUCCEEDED),
                  Sample.taskEvent(2, "fit-0", 0, TaskChange.RUNNING),
                  Sample.taskEvent(3, "fit-0", 0, TaskChange.RETRYING),
                  Sample.taskEvent(4, "fit-0", 1, TaskChange.SUCCEEDED),
                  Sample.runEvent(5, RunChange.SUCCEEDED, null)),
              0);
        });
    writes("fit-0", 0, out("first try"));
    writes("fit-0", 1, out("second try"));

    var result = CommandRun.against(api).execute("logs", "nightly-17", "-f");

    assertThat(result.lines())
        .containsExactlyInAnyOrder(
            "start/0 | hello", "fit-0/0 | first try", "fit-0/1 | second try");
    assertThat(api.requests(path("start", 0))).hasSize(1);
    assertThat(result.code()).isZero();
  }

  @Test
  void doesNotFollowWhatIsOver() {
    api.on("GET /runs/nightly-17", Sample.succeeded());
    api.on(
        "GET /runs/nightly-17/logs",
        new Logged.Page(List.of(attempt("start", 0), attempt("start", 1))));
    writes("start", 0, out("first"));
    writes("start", 1, out("second"));

    var result = CommandRun.against(api).execute("logs", "nightly-17", "-f");

    assertThat(result.lines()).containsExactly("start/0 | first", "start/1 | second");
    assertThat(api.requests("/runs/nightly-17/events")).isEmpty();
  }

  @Test
  void resumesAFileWhereItsConnectionWasLost() {
    api.on("GET /runs/nightly-17/logs", new Logged.Page(List.of(attempt("start", 0))));
    var connections = new AtomicInteger();
    api.on(
        "GET " + path("start", 0),
        (request, reply) -> {
          if (connections.incrementAndGet() == 1) {
            reply.message("a-1", "line", out("one"));
            reply.cut();
          }
          reply.message("a-2", "line", out("two"));
        });

    var result = CommandRun.against(api).execute("logs", "nightly-17");

    assertThat(result.lines()).containsExactly("start/0 | one", "start/0 | two");
    assertThat(api.requests(path("start", 0)))
        .extracting(FakeApi.Request::lastEventId)
        .containsExactly(null, "a-1");
  }

  @Test
  void readsNotMoreThanSomeAtOnce() {
    var events = new ArrayList<EventView>();
    var open = new AtomicInteger();
    var most = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      events.add(Sample.taskEvent(1, "fit-" + i, 0, TaskChange.RUNNING));
      api.on(
          "GET " + path("fit-" + i, 0),
          (request, reply) -> {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            reply.message("0", "line", out("here"));
            open.decrementAndGet();
          });
    }
    events.add(Sample.runEvent(2, RunChange.SUCCEEDED, null));
    api.on("GET /runs/nightly-17/logs", new Logged.Page(List.of()));
    api.on("GET /runs/nightly-17/events", (request, reply) -> Sample.tell(reply, events, 0));

    var result = CommandRun.against(api).execute("logs", "nightly-17", "-f");

    assertThat(result.lines()).hasSize(100);
    assertThat(most.get()).isLessThanOrEqualTo(32);
  }

  @Test
  void saysWhenThereIsNothing() {
    api.on("GET /runs/nightly-17/logs", new Logged.Page(List.of()));
    api.on("GET /runs/nightly-17/logs?step=fit", new Logged.Page(List.of()));
    assertThat(CommandRun.against(api).execute("logs", "nightly-17", "fit").err())
        .isEqualTo(
            "Run nightly-17 has no log lines of step fit; 'millrace status nightly-17' lists its steps.\n");
    assertThat(CommandRun.against(api).execute("logs", "nightly-17").code()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
