package io.millrace.client.api;

import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One stream of the API. A lost connection is made again from the last message's place ({@code
 * Last-Event-ID}), so that the subscriber sees each message once and in order, and nothing of the
 * loss but a notice.
 *
 * <p>Its state belongs to one subscription: it is subscribed to once. Bytes are read as fast as the
 * subscriber asks for messages, and no faster.
 */
final class EventStream {
  /** Stands behind the last message, so that the stream ends there and not with the connection. */
  private static final StreamMessage END = new StreamMessage("", "end", "");

  static {
    // The HTTP client complains of every stream that is left before its end, when nobody listens.
    Infrastructure.setDroppedExceptionHandler(complaint -> {});
  }

  private final Exchange exchange;
  private final String path;
  private final Patience patience;
  private final Consumer<String> notices;
  private String last = "";
  private int tries;
  private long lostAt;

  EventStream(Exchange exchange, String path, Patience patience, Consumer<String> notices) {
    this.exchange = exchange;
    this.path = path;
    this.patience = patience;
    this.notices = notices;
  }

  /** The messages to the end that the server sets. */
  Multi<StreamMessage> messages() {
    return Multi.createFrom()
        .deferred(() -> connection(message -> false))
        .onFailure()
        .retry()
        .when(failures -> failures.onItem().transformToUniAndConcatenate(this::pause));
  }

  /** The messages to the one that is the last; an end that comes before it is a lost connection. */
  Multi<StreamMessage> messagesUntil(Predicate<StreamMessage> isLast) {
    return Multi.createFrom()
        .deferred(() -> connection(isLast).onCompletion().failWith(EventStream::closed))
        .onFailure()
        .retry()
        .when(failures -> failures.onItem().transformToUniAndConcatenate(this::pause))
        .select()
        .first(message -> message != END);
  }

  /** Reads what a message carries. */
  static <T> T read(String data, Class<T> type) {
    byte[] bytes = data.getBytes(StandardCharsets.UTF_8);
    return switch (Json.read(bytes, type, type.getSimpleName())) {
      case Decoded.Understood<T>(T value) -> value;
      case Decoded.NotUnderstood<T>(String reason) ->
          throw ApiException.unanswered("The server's stream cannot be read: " + reason, null);
    };
  }

  private Multi<StreamMessage> connection(Predicate<StreamMessage> isLast) {
    var decoder = new StreamDecoder(last);
    return Uni.createFrom()
        .completionStage(() -> exchange.http().sendAsync(request(), BodyHandlers.ofPublisher()))
        .onItem()
        .transformToMulti(this::body)
        .ifNoItem()
        .after(patience.silence())
        .failWith(() -> new IOException("nothing came for " + seconds(patience.silence())))
        .onItem()
        .transformToIterable(chunks -> decode(decoder, chunks))
        .onItem()
        .invoke(message -> last = message.id())
        .onItem()
        .transformToIterable(
            message -> isLast.test(message) ? List.of(message, END) : List.of(message));
  }

  private List<StreamMessage> decode(StreamDecoder decoder, List<ByteBuffer> chunks) {
    List<StreamMessage> messages = decoder.feed(chunks);
    if (decoder.hasHeard()) {
      alive();
    }
    if (messages.isEmpty()) {
      // A place alone; those of messages count when the messages have been passed on.
      last = decoder.place();
    }
    return messages;
  }

  private HttpRequest request() {
    HttpRequest.Builder request = exchange.request(path).header("Accept", "text/event-stream");
    return (last.isEmpty() ? request : request.header("Last-Event-ID", last)).build();
  }

  private Multi<List<ByteBuffer>> body(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
    Multi<List<ByteBuffer>> bytes = Multi.createFrom().publisher(response.body());
    if (response.statusCode() == 200) {
      return bytes;
    }
    return bytes
        .collect()
        .in(ByteArrayOutputStream::new, EventStream::append)
        .onItem()
        .transformToMulti(
            body ->
                Multi.createFrom()
                    .failure(exchange.refused(response.statusCode(), body.toByteArray())));
  }

  private static void append(ByteArrayOutputStream body, List<ByteBuffer> chunks) {
    for (ByteBuffer chunk : chunks) {
      byte[] bytes = new byte[chunk.remaining()];
      chunk.get(bytes);
      body.writeBytes(bytes);
    }
  }

  private void alive() {
    if (tries > 0) {
      tries = 0;
      notices.accept("Connected again.");
    }
  }

  /** The pause before the next try, or the failure when there is to be none. */
  private Uni<Long> pause(Throwable failure) {
    Throwable why = failure instanceof CompletionException ? failure.getCause() : failure;
    boolean hopeless =
        why instanceof ApiException refused
            ? !refused.isTransient()
            : !(why instanceof IOException);
    if (hopeless) {
      return Uni.createFrom().failure(why);
    }
    long now = System.nanoTime();
    if (tries == 0) {
      lostAt = now;
      notices.accept(
          "No connection to the server (%s); trying again for %s."
              .formatted(reason(why), seconds(patience.giveUp())));
    }
    if (now - lostAt >= patience.giveUp().toNanos()) {
      return Uni.createFrom().failure(gaveUp(why));
    }
    long doubled = patience.firstDelay().toMillis() << Math.min(tries, 20);
    tries++;
    return Uni.createFrom()
        .item(now)
        .onItem()
        .delayIt()
        .by(Duration.ofMillis(Math.min(doubled, patience.longestDelay().toMillis())));
  }

  private ApiException gaveUp(Throwable why) {
    ApiException last = why instanceof ApiException api ? api : exchange.unanswered(why);
    return ApiException.unanswered(
        "Gave up after %s without the server. What runs there goes on; follow it again later.\n%s"
            .formatted(seconds(patience.giveUp()), last.getMessage()),
        why);
  }

  private static IOException closed() {
    return new IOException("the server closed the stream");
  }

  private static String reason(Throwable why) {
    return why.getMessage() == null ? why.getClass().getSimpleName() : why.getMessage();
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }
}
