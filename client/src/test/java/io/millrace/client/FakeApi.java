package io.millrace.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.events.Json;
import io.millrace.events.api.Problem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server that answers as Millrace's API does, with what a test puts into it. It keeps every
 * request, and its streams can be cut at any place.
 */
public final class FakeApi implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Answering> answers = new ConcurrentHashMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  /** A request that came. */
  public record Request(
      String method,
      String uri,
      String body,
      String contentType,
      String authorization,
      String lastEventId) {
    @Override
    public String toString() {
      return method + " " + uri + (body.isEmpty() ? "" : " " + body);
    }
  }

  /** What is done about a request. */
  public interface Answering {
    void answer(Request request, Reply reply) throws IOException;
  }

  public FakeApi() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    server.setExecutor(threads);
    server.createContext("/api/v1", this::handle);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Every request so far. */
  public List<Request> requests() {
    return requests;
  }

  /** Those to a path, however they asked. */
  public List<Request> requests(String path) {
    return requests.stream().filter(r -> r.uri().split("\\?")[0].equals(path)).toList();
  }

  /** Answers {@code GET /path} (below {@code /api/v1}, with or without a query) by a value. */
  public FakeApi on(String methodAndPath, Object value) {
    return on(methodAndPath, (request, reply) -> reply.json(200, value));
  }

  public FakeApi on(String methodAndPath, Answering answering) {
    answers.put(methodAndPath, answering);
    return this;
  }

  /** Answers by an error. */
  public FakeApi refuse(String methodAndPath, int status, String title, String detail) {
    return on(
        methodAndPath, (request, reply) -> reply.json(status, Problem.of(title, status, detail)));
  }

  private void handle(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString().substring("/api/v1".length());
    var request =
        new Request(
            exchange.getRequestMethod(),
            uri,
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
            exchange.getRequestHeaders().getFirst("Content-Type"),
            exchange.getRequestHeaders().getFirst("Authorization"),
            exchange.getRequestHeaders().getFirst("Last-Event-ID"));
    requests.add(request);
    var reply = new Reply(exchange);
    String whole = request.method() + " " + uri;
    Answering answering = answers.getOrDefault(whole, answers.get(whole.split("\\?")[0]));
    if (answering == null) {
      reply.json(404, Problem.of("Not found", 404, "there is no " + uri));
    } else {
      answering.answer(request, reply);
    }
    // Not when an answer failed: closing would end it in good order.
    exchange.close();
  }

  /** The way back. */
  public static final class Reply {
    private final HttpExchange exchange;
    private OutputStream stream;

    private Reply(HttpExchange exchange) {
      this.exchange = exchange;
    }

    public void json(int status, Object value) throws IOException {
      exchange
          .getResponseHeaders()
          .add("Content-Type", status < 300 ? "application/json" : Problem.MEDIA_TYPE);
      bytes(status, Json.write(value));
    }

    public void text(int status, String text) throws IOException {
      bytes(status, text.getBytes(StandardCharsets.UTF_8));
    }

    private void bytes(int status, byte[] body) throws IOException {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }

    /** Begins or goes on with an event stream. */
    public Reply send(String text) throws IOException {
      if (stream == null) {
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        stream = exchange.getResponseBody();
      }
      stream.write(text.getBytes(StandardCharsets.UTF_8));
      stream.flush();
      return this;
    }

    public Reply message(String id, String type, Object data) throws IOException {
      return send("id: %s\nevent: %s\ndata: %s\n\n".formatted(id, type, Json.text(data)));
    }

    /** Breaks the connection off in the middle, as a server that is killed does. */
    public void cut() throws IOException {
      send("id: half\nda");
      // An exception in a handler makes the server drop the connection without its last chunk.
      throw new IOException("cut by the test");
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
