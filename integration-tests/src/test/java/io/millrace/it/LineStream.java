package io.millrace.it;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A stream of log lines that is read while it goes on. */
final class LineStream implements AutoCloseable {
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<JsonNode> lines = new ArrayList<>();
  private boolean ended;

  LineStream(String url) {
    client
        .sendAsync(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofLines())
        .thenAccept(response -> response.body().forEach(this::take))
        .whenComplete((done, failure) -> end());
  }

  private synchronized void take(String line) {
    if (line.startsWith("data:")
        && Json.read(line.substring(5).getBytes(StandardCharsets.UTF_8), JsonNode.class, "a line")
            instanceof Decoded.Understood<JsonNode>(JsonNode read)) {
      lines.add(read);
      notifyAll();
    }
  }

  private synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Waits for a line's text. */
  synchronized boolean awaitData(String text) throws InterruptedException {
    long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
    while (lines.stream().noneMatch(line -> line.path("text").asText().equals(text))) {
      if (ended || System.nanoTime() > deadline) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
    }
    return true;
  }

  /** Waits until the server ends the stream. */
  synchronized boolean awaitEnd() throws InterruptedException {
    long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
    while (!ended && System.nanoTime() < deadline) {
      TimeUnit.NANOSECONDS.timedWait(this, deadline - System.nanoTime());
    }
    return ended;
  }

  /** The lines of one stream so far. */
  synchronized List<String> data(String stream) {
    return lines.stream()
        .filter(line -> line.path("stream").asText().equals(stream))
        .map(line -> line.path("text").asText())
        .toList();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
