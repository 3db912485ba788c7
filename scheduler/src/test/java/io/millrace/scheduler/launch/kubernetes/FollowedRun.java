package io.millrace.scheduler.launch.kubernetes;

import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.api.EventView;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A run's events, as the API streams them from the run's start to its end. */
final class FollowedRun implements AutoCloseable {
  /** How long an event may take before it counts as lost. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String PREFIX = "io.millrace.";
  private static final Set<String> ENDS =
      Set.of("run.succeeded", "run.failed", "run.cancelled", "run.timed-out");

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<EventView> seen = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();

  private record Waiting(Predicate<EventView> wanted, CompletableFuture<EventView> event) {}

  /**
   * @param runs the address below which the API has its runs
   */
  FollowedRun(URI runs, RunId run) {
    client
        .sendAsync(
            HttpRequest.newBuilder(runs.resolve(run + "/events")).build(),
            HttpResponse.BodyHandlers.ofLines())
        .thenAccept(response -> response.body().forEach(this::take))
        .whenComplete((done, failure) -> end(failure));
  }

  private synchronized void take(String line) {
    if (line.startsWith("data:")
        && Json.read(line.substring(5).getBytes(StandardCharsets.UTF_8), EventView.class, "event")
            instanceof Decoded.Understood<EventView>(EventView event)) {
      seen.add(event);
      waiting.stream()
          .filter(one -> one.wanted().test(event))
          .forEach(one -> one.event().complete(event));
    }
  }

  private synchronized void end(Throwable failure) {
    waiting.forEach(
        one ->
            one.event()
                .completeExceptionally(
                    new AssertionError("the stream has ended; it had " + seen, failure)));
  }

  /** Waits for a change of an attempt of a step that runs once, such as {@code task.running}. */
  EventView await(String type, String step, int attempt) throws Exception {
    String subject = "/" + step + "/" + attempt;
    return await(event -> type(event).equals(type) && event.subject().endsWith(subject));
  }

  /** Waits for the run's last event, and gives its type. */
  String end() throws Exception {
    return type(await(event -> ENDS.contains(type(event))));
  }

  private EventView await(Predicate<EventView> wanted) throws Exception {
    var event = new CompletableFuture<EventView>();
    synchronized (this) {
      seen.stream()
          .filter(wanted)
          .findFirst()
          .ifPresentOrElse(event::complete, () -> waiting.add(new Waiting(wanted, event)));
    }
    try {
      return event.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new AssertionError("not seen; what was: " + seen(), late);
    }
  }

  /** The types and subjects of everything seen so far. */
  synchronized List<String> seen() {
    return seen.stream().map(event -> type(event) + " " + event.subject()).toList();
  }

  private static String type(EventView event) {
    return event.type().substring(PREFIX.length());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
