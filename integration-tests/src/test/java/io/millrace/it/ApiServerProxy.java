package io.millrace.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * Stands between Millrace and the API server of KUBECONFIG, passes everything on, and spoils what a
 * test has it spoil. Counts what the API server really created.
 */
final class ApiServerProxy implements AutoCloseable {
  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "host", "connection", "upgrade", "content-length", "http2-settings", "transfer-encoding");

  /** What becomes of a request. */
  enum Fault {
    /** It is passed on. */
    NONE,
    /** The answer is 429 with a Retry-After of a second. */
    TOO_MANY_REQUESTS,
    /** The answer is 500. */
    SERVER_ERROR,
    /** It is carried out, and the connection is closed instead of an answer. */
    LOST_ANSWER,
    /** It is carried out, and the answer comes late. */
    LATE_ANSWER,
    /** The connection is closed at once. */
    REFUSED,
    /** The watch ends after its next event. */
    CUT,
    /** The answer is 410: what the watch wants to go on from is forgotten. */
    GONE,
    /** Every third event of the watch is left out. */
    EVENTS_LOST,
    /** Every event of the watch comes twice. */
    EVENTS_DOUBLED
  }

  /** Decides what becomes of a request. */
  interface Faults {
    /**
     * @param method of the request
     * @param path with the query
     * @param number of the request, from 0
     */
    Fault of(String method, String path, int number);

    static boolean isWatch(String path) {
      return path.contains("watch=true");
    }

    static boolean isCreation(String method, String path) {
      return method.equals("POST") && path.matches(".*/(pods|jobs|jobsets)(\\?.*)?");
    }
  }

  private final Config config;
  private final HttpServer server;
  private final HttpClient client;
  private final Map<String, Integer> created = new ConcurrentSkipListMap<>();
  private final Set<HttpExchange> watches = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger spoilt = new AtomicInteger();
  private volatile Faults faults = (method, path, number) -> Fault.NONE;

  ApiServerProxy(Config config, SSLContext trust) throws IOException {
    this.config = config;
    this.client =
        HttpClient.newBuilder().sslContext(trust).version(HttpClient.Version.HTTP_1_1).build();
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  void inject(Faults wanted) {
    faults = wanted;
  }

  /** How many requests have been spoilt. */
  int spoilt() {
    return spoilt.get();
  }

  /** How often each object has been created, by kind and name. */
  Map<String, Integer> created() {
    return new TreeMap<>(created);
  }

  /** Ends every watch that is open. */
  void cutWatches() {
    watches.forEach(HttpExchange::close);
  }

  private void serve(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().toString();
    if (exchange.getRequestHeaders().containsKey("Upgrade")) {
      // No web sockets here: the client watches by a plain request, whose events can be spoilt.
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
      return;
    }
    Fault fault = faults.of(method, path, requests.getAndIncrement());
    if (fault != Fault.NONE) {
      spoilt.incrementAndGet();
    }
    try (exchange) {
      switch (fault) {
        case TOO_MANY_REQUESTS -> {
          exchange.getResponseHeaders().set("Retry-After", "1");
          refuse(exchange, 429, "TooManyRequests");
        }
        case SERVER_ERROR -> refuse(exchange, 500, "InternalError");
        case GONE -> refuse(exchange, 410, "Expired");
        case REFUSED -> exchange.getResponseBody().close();
        case NONE, LOST_ANSWER, LATE_ANSWER, CUT, EVENTS_LOST, EVENTS_DOUBLED ->
            pass(exchange, method, path, fault);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void refuse(HttpExchange exchange, int code, String reason) throws IOException {
    byte[] body =
        """
        {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"%s","message":"injected","code":%d}\
        """
            .formatted(reason, code)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  private void pass(HttpExchange exchange, String method, String path, Fault fault)
      throws IOException, InterruptedException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    var request =
        HttpRequest.newBuilder(URI.create(config.getMasterUrl().replaceAll("/$", "") + path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT))
                  && !name.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket")) {
                values.forEach(value -> request.header(name, value));
              }
            });
    request.setHeader("Authorization", "Bearer " + config.getAutoOAuthToken());
    HttpResponse<InputStream> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    count(method, path, answer.statusCode(), body);
    if (fault == Fault.LOST_ANSWER) {
      return;
    }
    if (fault == Fault.LATE_ANSWER) {
      Thread.sleep(700);
    }
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!NOT_PASSED_ON.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
              }
            });
    exchange.sendResponseHeaders(answer.statusCode(), 0);
    // A watch begins with its headers, long before its first event.
    exchange.getResponseBody().flush();
    if (Faults.isWatch(path)) {
      watches.add(exchange);
    }
    try (InputStream from = answer.body();
        OutputStream to = exchange.getResponseBody()) {
      copy(from, to, fault);
    } finally {
      watches.remove(exchange);
    }
  }

  private void count(String method, String path, int code, byte[] body) {
    if (code == 201 && Faults.isCreation(method, path)) {
      String kind = path.replaceAll(".*/(pods|jobs|jobsets).*", "$1");
      String text = new String(body, StandardCharsets.UTF_8);
      String name = text.replaceAll("(?s).*?\"millrace.io/object\":\"([^\"]+)\".*", "$1");
      created.merge(kind + "/" + name, 1, Integer::sum);
    }
  }

  private static void copy(InputStream from, OutputStream to, Fault fault) throws IOException {
    switch (fault) {
      case CUT -> line(from, to, 1);
      case EVENTS_DOUBLED -> {
        while (line(from, to, 2)) {}
      }
      case EVENTS_LOST -> {
        for (int i = 1; line(from, to, i % 3 == 0 ? 0 : 1); i++) {}
      }
      default -> {
        byte[] buffer = new byte[16 * 1024];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
          to.write(buffer, 0, read);
          to.flush();
        }
      }
    }
  }

  /** Copies a line so many times; false at the end. */
  private static boolean line(InputStream from, OutputStream to, int times) throws IOException {
    var line = new java.io.ByteArrayOutputStream();
    int next = from.read();
    while (next >= 0 && next != '\n') {
      line.write(next);
      next = from.read();
    }
    if (next < 0) {
      return false;
    }
    line.write('\n');
    for (int i = 0; i < times; i++) {
      to.write(line.toByteArray());
    }
    to.flush();
    return true;
  }

  @Override
  public void close() {
    server.stop(0);
    client.shutdownNow();
  }
}
