package io.millrace.client.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.CommandRun;
import io.millrace.client.FakeApi;
import io.millrace.client.Sample;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import io.millrace.events.api.TaskView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said when something is not as it should be, and how help teaches. */
class MistakesTest {
  private final FakeApi api = Sample.api();

  @AfterEach
  void close() {
    api.close();
  }

  private CommandRun.Result execute(String... args) {
    return CommandRun.against(api).execute(args);
  }

  @Test
  void doesNotAskForARunThatCannotBeRight() {
    var result = execute("run", "train", "-p", "lines=many");
    assertThat(result.err()).startsWith("Parameter 'lines' is of type integer, found 'many'");
    assertThat(result.code()).isEqualTo(2);
    assertThat(execute("run", "train", "--run", "Not_An_Id").err())
        .startsWith("run id 'Not_An_Id' is not of the form");
    assertThat(api.requests("/runs")).isEmpty();
  }

  @Test
  void suggestsNamesThatAreLikeAnUnknownOne() {
    var result = execute("run", "trian");
    assertThat(result.err()).startsWith("Did you mean train?\nNot found: there is no /flows/trian");
    assertThat(result.code()).isEqualTo(1);
    assertThat(execute("status", "nightly-71").err()).startsWith("Did you mean nightly-17?");
    assertThat(execute("logs", "nightly").err()).startsWith("Did you mean nightly-17?");
    assertThat(execute("cancel", "something-else").err())
        .startsWith("List runs with 'millrace runs'.");
  }

  @Test
  void showsTheEventsOfAllRunsUntilTheServerIsGone() {
    api.on(
        "GET /events",
        (request, reply) -> {
          if (request.lastEventId() == null) {
            // Where the stream begins, before anything happens.
            reply.send("id: 0-7,1-3\n\n");
          } else if (request.lastEventId().equals("0-7,1-3")) {
            EventView event = Sample.story().getFirst();
            reply.message("0-8,1-3", event.type(), event);
          } else {
            reply.text(503, "");
          }
        });

    var result =
        CommandRun.against(api).givingUpAfter(Duration.ofMillis(300)).execute("events", "-f");

    assertThat(result.out()).isEqualTo("12:00:00.000  run.started       nightly-17\n");
    assertThat(result.err()).contains("Gave up after 300 ms without the server.");
    assertThat(result.code()).isEqualTo(1);
    assertThat(api.requests("/events"))
        .extracting(FakeApi.Request::lastEventId)
        .startsWith(null, "0-7,1-3", "0-8,1-3");
  }

  @Test
  void endsWhenNobodyReadsAnyMore() {
    api.on(
        "GET /events",
        (request, reply) -> {
          for (EventView event = Sample.story().getFirst(); ; ) {
            reply.message("0-8", event.type(), event);
          }
        });
    var result = CommandRun.against(api).readOnlyFor(3).execute("events", "-f");
    assertThat(result.lines()).hasSize(3);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isEqualTo(1);
  }

  @Test
  void passesOnWhyAStreamIsRefused() {
    api.on("GET /runs/nightly-17", Sample.run(RunView.State.RUNNING));
    api.refuse("GET /runs/nightly-17/events", 403, "Forbidden", "not your run");
    for (var command : List.of("events nightly-17", "logs nightly-17 -f", "status nightly-17 -f")) {
      api.on("GET /runs/nightly-17/logs", new TaskView.Logged.Page(List.of()));
      var result = execute(command.split(" "));
      assertThat(result.err()).startsWith("Forbidden: not your run\n");
      assertThat(result.code()).isEqualTo(1);
    }
  }

  @Test
  void saysWhenTheBrokersDoNotAnswer() {
    var result = execute("run", "train", "--brokers", "127.0.0.1:9", "--follow");
    assertThat(result.err()).startsWith("No Kafka broker answers at 127.0.0.1:9.");
    assertThat(result.code()).isEqualTo(1);
    assertThat(execute("run", "trian", "--brokers", "127.0.0.1:9").err())
        .startsWith("The server does not know flow trian (yet); the request is published");
    assertThat(execute("run", "train", "--brokers", "x:1", "--kafka-config", "/no/such").err())
        .startsWith("--kafka-config /no/such cannot be read");
  }

  @Test
  void sendsTheTokenAndSaysWhenItIsMissing() {
    api.refuse("GET /flows", 401, "Unauthorized", "a bearer token is expected");
    var result = execute("flows", "--token", "s3cret");
    assertThat(api.requests().getLast().authorization()).isEqualTo("Bearer s3cret");
    assertThat(result.err())
        .isEqualTo(
            """
            Unauthorized: a bearer token is expected
            Give a token that may do this with --token or MILLRACE_TOKEN.
            """);
    CommandRun.against(api).with("MILLRACE_TOKEN", "other").execute("flows");
    assertThat(api.requests().getLast().authorization()).isEqualTo("Bearer other");
  }

  @Test
  void namesTheServerThatDoesNotAnswer() throws IOException {
    int closed;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    var result = new CommandRun().execute("runs", "--api", "http://127.0.0.1:" + closed + "/");
    assertThat(result.err())
        .isEqualTo(
            "No Millrace server answers at http://127.0.0.1:%d/: connection refused. Start one on this machine with 'make dev', or name another with --api URL or MILLRACE_API.\n"
                .formatted(closed));
    assertThat(result.code()).isEqualTo(1);
    assertThat(new CommandRun().execute("runs", "--api", "localhost:8080").err())
        .startsWith("The server's address is a URL such as http://127.0.0.1:8080, found");
    assertThat(new CommandRun().execute("runs", "--api", "localhost:8080").code()).isEqualTo(2);
  }

  @Test
  void copesWithServersThatAreNotMillrace() {
    api.on("GET /flows", (request, reply) -> reply.text(200, "<html>welcome</html>"));
    assertThat(execute("flows").err()).contains("answered something else than Millrace's API does");
    api.on("GET /flows", (request, reply) -> reply.text(502, "<html>bad gateway</html>"));
    assertThat(execute("flows").err()).startsWith("HTTP 502 from http://127.0.0.1:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "validate",
        "deploy",
        "flows",
        "run",
        "runs",
        "status",
        "logs",
        "events",
        "cancel",
        "suspend",
        "resume",
        "retry"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    var result = execute(command, "--help");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith("Usage: millrace " + command)
        .containsPattern("Examples?:\n  millrace " + command)
        .contains("--api=URL");
    assertThat(execute("--help").out()).contains("  " + command + " ");
  }

  @Test
  void usageErrorsPointToTheHelp() {
    var result = execute("stauts", "nightly-17");
    assertThat(result.err()).contains("status").endsWith("See 'millrace --help'.\n");
    assertThat(result.code()).isEqualTo(2);
    result = execute("status");
    assertThat(result.err())
        .isEqualTo("Missing required parameter: 'RUN'\nSee 'millrace status --help'.\n");
    assertThat(result.code()).isEqualTo(2);
    assertThat(execute("--version").out()).startsWith("millrace ");
    assertThat(execute().out()).startsWith("Usage: millrace");
  }
}
