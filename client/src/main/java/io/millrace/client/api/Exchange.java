package io.millrace.client.api;

import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.api.Problem;
import io.millrace.events.flow.FlowProblem;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Collectors;

/** One request and its answer; every way in which that can fail ends as a message that teaches. */
final class Exchange {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .build();
  private final URI server;
  private final String token;

  /**
   * @param server the API's address, without the path below which it answers
   * @param token sent as bearer token; empty for none
   */
  Exchange(URI server, String token) {
    this.server = server;
    this.token = token;
  }

  HttpClient http() {
    return http;
  }

  /** A request to a path below {@code /api/v1}. */
  HttpRequest.Builder request(String path) {
    String base = server.toString().replaceAll("/+$", "");
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/api/v1" + path));
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  /**
   * Sends a request and reads its answer.
   *
   * @throws ApiException when it is an error, or none comes
   */
  <T> Answer<T> send(HttpRequest.Builder request, Class<T> type) {
    HttpResponse<byte[]> response;
    try {
      response =
          http.send(
              request.timeout(ANSWER).header("Accept", "application/json").build(),
              HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException failure) {
      throw unanswered(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw ApiException.unanswered("interrupted while waiting for " + server, interrupted);
    }
    if (response.statusCode() >= 300) {
      throw refused(response.statusCode(), response.body());
    }
    return switch (Json.read(response.body(), type, type.getSimpleName())) {
      case Decoded.Understood<T>(T value) ->
          new Answer<>(value, new String(response.body(), StandardCharsets.UTF_8));
      case Decoded.NotUnderstood<T>(String reason) ->
          throw ApiException.unanswered(
              "%s answered something else than Millrace's API does (%s). Is --api right?"
                  .formatted(response.uri(), reason),
              null);
    };
  }

  /** No answer came. */
  ApiException unanswered(Throwable failure) {
    String what =
        switch (failure) {
          case HttpConnectTimeoutException late ->
              "no connection within " + CONNECT.toSeconds() + " s";
          case HttpTimeoutException late -> "no answer within " + ANSWER.toSeconds() + " s";
          case ConnectException refused when unresolved(refused) -> "the host is not known";
          case ConnectException refused -> "connection refused";
          default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    return ApiException.unanswered(
        ("No Millrace server answers at %s: %s. Start one on this machine with 'make dev', or name"
                + " another with --api URL or MILLRACE_API.")
            .formatted(server, what),
        failure);
  }

  private static boolean unresolved(ConnectException refused) {
    return refused.getCause() instanceof UnresolvedAddressException
        || (refused.getCause() != null
            && refused.getCause().getCause() instanceof UnresolvedAddressException);
  }

  /** An error was answered. */
  ApiException refused(int status, byte[] body) {
    Problem problem =
        switch (Json.read(body, Problem.class, "a problem")) {
          case Decoded.Understood<Problem>(Problem p) when p.title() != null ->
              new Problem(p.title(), status, p.detail(), p.problems());
          case Decoded.Understood<Problem> other -> Problem.of("HTTP " + status, status, null);
          case Decoded.NotUnderstood<Problem> other -> Problem.of("HTTP " + status, status, null);
        };
    return ApiException.refused(problem, message(problem));
  }

  private String message(Problem problem) {
    var text = new StringBuilder(problem.title());
    if (problem.detail() != null && !problem.detail().isBlank()) {
      text.append(": ").append(problem.detail());
    } else {
      text.append(" from ").append(server);
    }
    if (problem.status() == 401 || problem.status() == 403) {
      text.append("\nGive a token that may do this with --token or MILLRACE_TOKEN.");
    }
    if (!problem.problems().isEmpty()) {
      text.append('\n')
          .append(
              problem.problems().stream()
                  .map(FlowProblem::toString)
                  .map(line -> "  " + line)
                  .collect(Collectors.joining("\n")));
    }
    return text.toString();
  }
}
