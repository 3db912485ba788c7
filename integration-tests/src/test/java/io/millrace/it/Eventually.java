package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** For what nobody is told of when it has come about, such as a row of the history. */
final class Eventually {
  private static final Duration A_MOMENT = Duration.ofMillis(20);

  private Eventually() {}

  /** Asks until the answer succeeds and contains a text; fails when that takes too long. */
  static HttpResponse<String> answers(Supplier<HttpResponse<String>> ask, String text) {
    long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
    HttpResponse<String> answer = ask.get();
    while (!isWanted(answer, text) && System.nanoTime() < deadline) {
      LockSupport.parkNanos(A_MOMENT.toNanos());
      answer = ask.get();
    }
    assertThat(isWanted(answer, text))
        .as("last answer: %d %s", answer.statusCode(), answer.body())
        .isTrue();
    return answer;
  }

  private static boolean isWanted(HttpResponse<String> answer, String text) {
    return answer.statusCode() == 200 && answer.body().contains(text);
  }
}
