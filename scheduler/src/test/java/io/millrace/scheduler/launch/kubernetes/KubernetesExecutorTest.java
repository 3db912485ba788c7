package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.flow.Kubernetes.Kind;
import io.millrace.events.flow.Kubernetes.Place;
import io.millrace.watcher.Identity;
import io.millrace.watcher.Marks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each answer of an API server comes to; none is ever asked twice. */
class KubernetesExecutorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Cause ENOUGH = Cause.of(Cause.Kind.CANCELLED, "enough");
  private static final Order.Launch ORDER = Steps.step("");

  private final ScriptedApiServer server = new ScriptedApiServer();
  private Instant now = Steps.NOW;

  @AfterEach
  void close() {
    server.close();
  }

  private KubernetesExecutor executor() {
    return new KubernetesExecutor(
        server.client(),
        Steps.config(),
        Optional.empty(),
        Steps.policy(),
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private Observation launch(Order.Launch order) {
    return executor().launch(order).await().atMost(PATIENCE);
  }

  private static String object(String identity) {
    return """
        {"kind": "Job", "apiVersion": "batch/v1",
         "metadata": {"name": "%s", "annotations": {"%s": "%s"}}}"""
        .formatted(ObjectName.of(new Identity("millrace", ORDER.of())), Marks.IDENTITY, identity);
  }

  private void rejected(Observation answer, String message) {
    assertThat(answer).isInstanceOf(Observation.Rejected.class);
    assertThat(((Observation.Rejected) answer).message()).contains(message);
  }

  private void deferred(Observation answer, long seconds, String message) {
    assertThat(answer).isInstanceOf(Observation.Deferred.class);
    assertThat(((Observation.Deferred) answer).retryAfter()).hasSeconds(seconds);
    assertThat(((Observation.Deferred) answer).message()).contains(message);
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aLaunchIsOneRequest() {
    server.answers(201, object("millrace/run-1/fit-3/2"));
    assertThat(launch(ORDER)).isEqualTo(new Observation.Launched(ORDER.of()));
    assertThat(server.requests())
        .extracting(ScriptedApiServer.Request::method, ScriptedApiServer.Request::path)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("POST", "/apis/batch/v1/namespaces/default/jobs"));
  }

  @Test
  void aNameThatIsTakenByTheSameAttemptIsALaunch() {
    server
        .refuses(409, "AlreadyExists", "jobs already exists", "")
        .answers(200, object("millrace/run-1/fit-3/2"));
    assertThat(launch(ORDER)).isEqualTo(new Observation.Launched(ORDER.of()));
  }

  @Test
  void aNameThatIsTakenByAnotherIsRejected() {
    server
        .refuses(409, "AlreadyExists", "jobs already exists", "")
        .answers(200, object("millrace/run-2/fit-3/2"));
    rejected(launch(ORDER), "is there already and belongs to millrace/run-2/fit-3/2");
  }

  @Test
  void aConflictAboutSomethingElseIsDeferred() {
    server
        .refuses(409, "Conflict", "resourcequotas q has been modified", "")
        .refuses(404, "NotFound", "not found", "");
    assertThat(launch(ORDER)).isInstanceOf(Observation.Deferred.class);
  }

  @Test
  void whatTheServerRefusesForGoodIsRejectedInItsWords() {
    server.refuses(422, "Invalid", "Job x is invalid: spec", "");
    rejected(launch(ORDER), "Job x is invalid: spec");
    server.refuses(400, "BadRequest", "strict decoding error: unknown field", "");
    rejected(launch(ORDER), "strict decoding error: unknown field");
    server.refuses(403, "Forbidden", "admission webhook w denied the request: no", "");
    rejected(launch(ORDER), "admission webhook w denied the request: no");
    server.refuses(413, "RequestEntityTooLarge", "too large", "");
    rejected(launch(ORDER), "too large");
    server.refuses(500, "InternalError", "etcdserver: request is too large", "");
    rejected(launch(ORDER), "request is too large");
    server.refuses(404, "NotFound", "namespaces team not found", "\"kind\": \"namespaces\"");
    rejected(launch(ORDER), "namespaces team not found");
  }

  @Test
  void aQuotaWithoutRoomIsDeferred() {
    server.refuses(403, "Forbidden", "pods x is forbidden: exceeded quota: q, requested", "");
    deferred(launch(ORDER), 15, "exceeded quota: q");
  }

  @Test
  void aBusyServerSaysWhenToComeAgain() {
    server.refuses(429, "TooManyRequests", "busy", "\"retryAfterSeconds\": 7");
    deferred(launch(ORDER), 7, "busy");
  }

  @Test
  void aBusyServerThatSaysNothing() {
    server.answers(429, "Too many requests, please try again later.");
    deferred(launch(ORDER), 2, "");
  }

  @Test
  void aServerInTroubleIsDeferred() {
    server.refuses(500, "InternalError", "failed calling webhook w", "");
    deferred(launch(ORDER), 2, "failed calling webhook w");
  }

  @Test
  void aConnectionThatBreaksIsDeferred() {
    deferred(launch(ORDER), 2, "the API server gave no answer");
  }

  @Test
  void anOrderThatIsTooLateIsExpired() {
    now = Steps.LATER.plusSeconds(1);
    assertThat(launch(ORDER)).isEqualTo(new Observation.Expired(ORDER.of()));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aGangWhereThereAreNoJobSets() {
    server.refuses(404, "NotFound", "the server could not find the requested resource", "");
    rejected(launch(Steps.order(Steps.IMAGE + "}", 3, Map.of())), "this cluster has no JobSets");
  }

  @Test
  void namespacesThatNobodyWatchesAreRefused() {
    rejected(
        launch(Steps.kubernetes("{namespace: elsewhere}")),
        "kubernetes.namespace: 'elsewhere' is not among millrace.kubernetes.namespaces (default)");
    assertThat(server.requests()).isEmpty();
  }

  private void cancel(Place place) {
    executor().cancel(new Order.Cancel(ORDER.of(), ENOUGH, place)).await().atMost(PATIENCE);
  }

  @Test
  void aCancelSuspendsTheJobAndLeavesIt() {
    server
        .answers(200, object("millrace/run-1/fit-3/2"))
        .answers(200, object("millrace/run-1/fit-3/2"));
    cancel(new Place(Kind.JOB, null));
    assertThat(server.requests()).hasSize(2);
    ScriptedApiServer.Request patch = server.requests().getLast();
    assertThat(patch.method()).isEqualTo("PATCH");
    assertThat(patch.body())
        .contains("\"suspend\":true")
        .contains("\"parallelism\":0")
        .contains("cancelled");
  }

  @Test
  void aCancelTakesTheNameOfWhatIsNotThere() {
    server.refuses(404, "NotFound", "not found", "").answers(201, object("x/r/a/0"));
    cancel(new Place(Kind.JOB, null));
    ScriptedApiServer.Request create = server.requests().get(1);
    assertThat(create.method()).isEqualTo("POST");
    assertThat(create.body())
        .contains("\"suspend\":true")
        .contains("\"parallelism\":0")
        .contains(ObjectName.of(new Identity("millrace", ORDER.of())));
  }

  @Test
  void aCancelThatMeetsALaunchComesAfterIt() {
    server
        .refuses(404, "NotFound", "not found", "")
        .refuses(409, "AlreadyExists", "already exists", "")
        .answers(200, object("millrace/run-1/fit-3/2"))
        .answers(200, object("millrace/run-1/fit-3/2"));
    cancel(new Place(Kind.JOB, null));
    assertThat(server.requests())
        .extracting(ScriptedApiServer.Request::method)
        .containsExactly("GET", "POST", "GET", "PATCH");
  }

  @Test
  void anAttemptThatTheEngineHasForgottenIsLookedForEverywhere() {
    server
        .refuses(404, "NotFound", "not found", "")
        .refuses(404, "NotFound", "not found", "")
        .refuses(404, "NotFound", "not found", "");
    cancel(null);
    assertThat(server.requests())
        .extracting(ScriptedApiServer.Request::method)
        .containsExactly("GET", "GET", "GET");
  }

  @Test
  void aCancelWithoutAnAnswerIsNotDone() {
    assertThatExceptionOfType(KubernetesClientException.class)
        .isThrownBy(() -> cancel(new Place(Kind.JOB, null)));
  }
}
