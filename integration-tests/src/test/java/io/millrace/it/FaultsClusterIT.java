package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.millrace.events.RunId;
import io.millrace.it.ApiServerProxy.Fault;
import io.millrace.it.ApiServerProxy.Faults;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The API server answers badly, late or not at all: every run succeeds all the same, and each
 * attempt is created and started once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultsClusterIT {
  private static final int WIDTH = 4;

  private Namespace namespace;
  private ApiServerProxy proxy;
  private Installation installation;
  private Starts jobs;
  private int runs;

  @BeforeAll
  void install(@TempDir Path data) throws Exception {
    namespace = new Namespace();
    Config config = Config.autoConfigure(null);
    SSLContext trust = SSLContext.getInstance("TLS");
    trust.init(SSLUtils.keyManagers(config), SSLUtils.trustManagers(config), new SecureRandom());
    proxy = new ApiServerProxy(config, trust);
    installation = new Installation(data);
    installation.start(
        "one",
        namespace.settings(
            "quarkus.kubernetes-client.api-server-url=" + proxy.address(),
            "millrace.kubernetes.retry-after=500ms",
            "millrace.kubernetes.watch.resync=5s",
            "millrace.policy.host-paths=" + data));
    jobs = Starts.inPods(data, "job");
    Starts pods = Starts.inPods(data, "pod");
    for (String flow :
        new String[] {jobs.flow("as-job", WIDTH, 0.2), pods.flow("as-pod", WIDTH, 0.2)}) {
      var answer = installation.post("one", "/api/v1/flows", flow);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }
  }

  @AfterAll
  void remove() {
    installation.close();
    proxy.close();
    namespace.close();
  }

  private static Arguments named(String name, Faults faults) {
    return Arguments.of(Named.of(name, faults));
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        named("429", creations(Fault.TOO_MANY_REQUESTS, 2)),
        named("500", creations(Fault.SERVER_ERROR, 2)),
        named("created, and the answer lost", creations(Fault.LOST_ANSWER, 2)),
        named("late answers", creations(Fault.LATE_ANSWER, 1)),
        named(
            "connections refused",
            (method, path, number) -> number % 3 == 0 ? Fault.REFUSED : Fault.NONE),
        named("watches cut after each event", watches(Fault.CUT)),
        named("events lost", watches(Fault.EVENTS_LOST)),
        named("events doubled", watches(Fault.EVENTS_DOUBLED)),
        named(
            "watches too old",
            (method, path, number) ->
                Faults.isWatch(path) && number % 2 == 0 ? Fault.GONE : Fault.NONE));
  }

  private static Faults creations(Fault fault, int everyOther) {
    return (method, path, number) ->
        Faults.isCreation(method, path) && number % everyOther == 0 ? fault : Fault.NONE;
  }

  private static Faults watches(Fault fault) {
    return (method, path, number) -> Faults.isWatch(path) ? fault : Fault.NONE;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void eachAttemptIsCreatedOnce(Faults faults) throws Exception {
    int before = proxy.spoilt();
    proxy.inject(faults);
    proxy.cutWatches();

    assertSucceeds(publish("as-job"), publish("as-pod"));

    assertThat(proxy.spoilt()).as("something was spoilt").isGreaterThan(before);
    proxy.inject((method, path, number) -> Fault.NONE);
    proxy.cutWatches();
  }

  @Test
  void anOutageOfAMinute() throws Exception {
    RunId job = publish("as-job");
    RunId pod = publish("as-pod");
    await(installation.events().event("task.running", job + "/work-0/0"));

    proxy.inject((method, path, number) -> Fault.REFUSED);
    proxy.cutWatches();
    var over = new CompletableFuture<Void>().completeOnTimeout(null, 60, TimeUnit.SECONDS);
    over.join();
    proxy.inject((method, path, number) -> Fault.NONE);

    assertSucceeds(job, pod);
  }

  private RunId publish(String flow) {
    return installation.publish("run-" + runs++, flow, Map.of());
  }

  private void assertSucceeds(RunId... all) throws Exception {
    for (RunId run : all) {
      assertThat(await(installation.events().end(run)))
          .as("run %s: %s\n%s", run, installation.events().of(run), installation.said())
          .isEqualTo("succeeded");
      jobs.assertEachOnce(run, WIDTH);
    }
    assertThat(proxy.created().values()).as("creations: %s", proxy.created()).containsOnly(1);
  }
}
