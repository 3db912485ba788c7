package io.millrace.scheduler.launch.kubernetes;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.millrace.events.RunId;
import io.millrace.events.api.EventView;
import io.millrace.watcher.Marks;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.test.kubernetes.client.KubernetesServer;
import io.quarkus.test.kubernetes.client.KubernetesTestServer;
import io.quarkus.test.kubernetes.client.WithKubernetesTestServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a cluster of today does not show: the whole application, in this JVM and in all its roles,
 * on a Kubernetes before 1.22 that has no JobSets.
 */
@QuarkusTest
@TestProfile(OldKubernetesIT.OnKubernetes.class)
@WithKubernetesTestServer(crud = true, setup = OldKubernetesIT.WithoutJobSets.class)
@WithTestResource(BrokerBeside.class)
class OldKubernetesIT {
  private static final String NAMESPACE = "flows";

  /** Many times as long as the next attempt takes to be launched. */
  private static final Duration A_WHILE = Duration.ofSeconds(2);

  private static final Consumer<Job> STOPPED =
      job -> {
        assertThat(job.getSpec().getParallelism()).isZero();
        assertThat(job.getMetadata().getAnnotations()).containsKey(Marks.STOPPED);
      };

  /** Settings of the application. */
  public static final class OnKubernetes implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "millrace.executor", "kubernetes",
          "millrace.replica", "test",
          "millrace.partitions", "2",
          "millrace.kubernetes.namespace", NAMESPACE,
          "millrace.kubernetes.image", "local/busybox:1",
          // millrace.home is the tests' own and no setting.
          "smallrye.config.mapping.validate-unknown", "false",
          "quarkus.http.test-port", "0",
          "quarkus.log.category.\"io.fabric8.mockwebserver\".level", "WARN");
    }
  }

  /**
   * By itself the test server takes objects of any kind; this one answers as if it knew no JobSets.
   */
  public static final class WithoutJobSets implements Consumer<KubernetesServer> {
    private static final String GROUP = "/apis/jobset.x-k8s.io/v1alpha2";
    private static final String JOB_SETS = GROUP + "/namespaces/" + NAMESPACE + "/jobsets";
    private static final String ANSWER = "404 page not found\n";

    @Override
    public void accept(KubernetesServer server) {
      server.expect().get().withPath(GROUP).andReturn(404, ANSWER).always();
      server
          .expect()
          .post()
          .withPath(JOB_SETS + "?fieldValidation=Strict")
          .andReturn(404, ANSWER)
          .always();
    }
  }

  /** What the server was asked, from its start on, as far as a test has looked. */
  private static final List<RecordedRequest> EVER_ASKED = new ArrayList<>();

  private static final String TRIED_AGAIN =
      """
        - name: only
          container: {command: ["true"]}
          retry: {infrastructure: 1, delay: 10ms}
      """;

  @KubernetesTestServer KubernetesServer server;

  @TestHTTPResource("/api/v1/runs/")
  URI runs;

  private OldKubernetes cluster;

  @BeforeEach
  void playTheCluster() {
    cluster = new OldKubernetes(server.getClient(), NAMESPACE);
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private static RunId run(String name, String steps) {
    given()
        .body("name: %s\nsteps:\n%s".formatted(name, steps))
        .post("/api/v1/flows")
        .then()
        .statusCode(201);
    String run =
        given()
            .body("{\"flow\": \"%s\"}".formatted(name))
            .post("/api/v1/runs")
            .then()
            .statusCode(202)
            .extract()
            .path("run");
    return RunId.of(run);
  }

  /** Plays the first attempt of the only step up to where it runs. */
  private Pod running(RunId run, FollowedRun events) throws Exception {
    Pod pod = cluster.pod(run, "only", 0);
    cluster.starts(pod);
    events.await("task.running", "only", 0);
    return pod;
  }

  /** Plays a whole attempt. */
  private void succeeds(RunId run, String step, int attempt) {
    Pod pod = cluster.pod(run, step, attempt);
    cluster.starts(pod);
    cluster.succeeds(pod);
  }

  @Test
  void aFlowRunsWhereThereAreNoJobSetsAndNobodyAsksForAny() throws Exception {
    RunId run =
        run(
            "two-steps",
            """
              - {name: first, container: {command: ["true"]}, next: second}
              - {name: second, container: {command: ["true"]}}
            """);

    try (var events = new FollowedRun(runs, run)) {
      Pod pod = cluster.pod(run, "first", 0);
      cluster.starts(pod);
      events.await("task.running", "first", 0);
      cluster.succeeds(pod);
      succeeds(run, "second", 0);

      assertThat(events.end()).as("%s", events.seen()).isEqualTo("run.succeeded");
      assertThat(asked()).isNotEmpty();
      assertThat(EVER_ASKED)
          .noneMatch(one -> one.method() == HttpMethod.GET && one.getPath().contains("/jobsets"));
    }
  }

  @Test
  void aGangIsRefusedWhereThereAreNoJobSets() throws Exception {
    RunId run =
        run(
            "gang",
            """
              - {name: first, container: {command: ["true"]}, next: {gang: work, size: 2}}
              - {name: work, container: {command: ["true"]}, next: last}
              - {name: last, join: true, container: {command: ["true"]}}
            """);

    try (var events = new FollowedRun(runs, run)) {
      succeeds(run, "first", 0);

      EventView failed = events.await("task.failed", "work", 0);
      assertThat(failed.data().path("cause").path("kind").asText()).isEqualTo("rejected");
      assertThat(failed.data().path("cause").path("message").asText())
          .contains("this cluster has no JobSets", "install the JobSet controller");
      assertThat(events.end()).isEqualTo("run.failed");
    }
  }

  @Test
  void aPodThatIsDeletedIsNotMadeAgainBesideTheNextAttempt() throws Exception {
    asked();
    RunId run = run("deleted", TRIED_AGAIN);

    try (var events = new FollowedRun(runs, run)) {
      Pod pod = running(run, events);
      cluster.replace(pod);

      EventView retrying = events.await("task.retrying", "only", 0);
      assertThat(retrying.data().path("cause").path("kind").asText()).isEqualTo("evicted");
      assertThat(cluster.jobs(run, "only", 0)).singleElement().satisfies(STOPPED);
      assertThat(cluster.pods(run, "only", 0)).isEmpty();

      succeeds(run, "only", 1);
      assertThat(events.end()).isEqualTo("run.succeeded");
      assertThat(asked())
          .filteredOn(one -> one.method() == HttpMethod.POST && one.getPath().contains("/jobs?"))
          .hasSize(2);
    }
  }

  @Test
  void theNextAttemptWaitsForAControllerThatHearsLateThatTheJobIsStopped() throws Exception {
    RunId run = run("late", TRIED_AGAIN);

    try (var events = new FollowedRun(runs, run)) {
      Pod pod = running(run, events);
      CompletableFuture<Void> hears = cluster.replaceLate(pod);

      List<Job> beside =
          cluster
              .launched(run, "only", 1)
              .completeOnTimeout(List.of(), A_WHILE.toMillis(), TimeUnit.MILLISECONDS)
              .join();
      hears.complete(null);
      assertThat(beside).as("Jobs of the next attempt, beside a pod of the one before").isEmpty();

      succeeds(run, "only", 1);
      assertThat(events.end()).isEqualTo("run.succeeded");
    }
  }

  @Test
  void aRunIsCancelledWhenItsPodIsGone() throws Exception {
    RunId run = run("cancelled", "  - {name: only, container: {command: [\"true\"]}}");

    try (var events = new FollowedRun(runs, run)) {
      Pod pod = running(run, events);

      given().post("/api/v1/runs/{run}/cancel", run.value()).then().statusCode(202);

      assertThat(events.end()).isEqualTo("run.cancelled");
      assertThat(cluster.jobs(run, "only", 0)).singleElement().satisfies(STOPPED);
      assertThat(cluster.pods(run, "only", 0)).isEmpty();
    }
  }

  /** What the server was asked since the last time. */
  private List<RecordedRequest> asked() throws InterruptedException {
    KubernetesMockServer requests = server.getKubernetesMockServer();
    var all = new ArrayList<RecordedRequest>();
    RecordedRequest next = requests.takeRequest(0, TimeUnit.SECONDS);
    while (next != null) {
      all.add(next);
      EVER_ASKED.add(next);
      next = requests.takeRequest(0, TimeUnit.SECONDS);
    }
    return all;
  }
}
