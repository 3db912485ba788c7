package io.millrace.scheduler.launch.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gangs as JobSets of a real cluster. */
class GangClusterIT {
  private final Cluster cluster = new Cluster();

  @BeforeEach
  void assumeJobSets() {
    assumeThat(cluster.client.getApiResources("jobset.x-k8s.io/v1alpha2"))
        .as("JobSets, which this cluster does not have")
        .isNotNull();
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void threeMembersTalkOverTheirNames() throws Exception {
    cluster.watching();
    Order.Launch order =
        cluster.shell(
            "train",
            """
            if [ "$MILLRACE_NODE_INDEX" = 0 ]; then
              mkfifo /tmp/met
              exec 3<>/tmp/met
              printf '#!/bin/sh\\nread -r who\\necho welcome\\necho "$who" >/tmp/met\\n' >/tmp/meet
              chmod +x /tmp/meet
              nc -ll -p 2222 -e /tmp/meet &
              read -r first <&3
              second=$first
              while [ "$second" = "$first" ]; do read -r second <&3; done
              echo '{"v":1,"ok":true,"mappers":3}' >$MILLRACE_OUTCOME_FILE
            else
              me="$MILLRACE_NODE_INDEX of $MILLRACE_NUM_NODES"
              until [ "$(echo "$me" | nc -w 5 "$MILLRACE_MAIN_ADDRESS" 2222)" = welcome ]; do :; done
            fi
            """,
            "kubernetes: {ports: [2222]}",
            3);
    assertThat(cluster.launch(order)).isInstanceOf(Observation.Launched.class);
    assertThat(cluster.end(order.of()))
        .isEqualTo(
            new Observation.Succeeded(
                order.of(), new Outcome(1, true, null, null, null, 3, null, null)));
  }

  @Test
  void theFirstFailureStopsTheRest() throws Exception {
    cluster.watching();
    Order.Launch order =
        cluster.shell(
            "train",
            "if [ $MILLRACE_NODE_INDEX = 2 ]; then exit 5; else exec sleep 600; fi",
            "",
            3);
    cluster.launch(order);
    Cause cause = cluster.failure(order.of());
    assertThat(cause.exitCode()).isEqualTo(5);
    assertThat(cause.message()).startsWith("member 2 of 3: exit code 5");
    assertThat(cluster.pods(order.of()))
        .noneMatch(
            pod ->
                pod.getStatus().getPhase().equals("Running")
                    && pod.getMetadata().getDeletionTimestamp() == null);
  }

  @Test
  void aCancelStopsAllOfIt() throws Exception {
    cluster.watching();
    Order.Launch order = cluster.shell("train", "exec sleep 600", "", 3);
    cluster.launch(order);
    cluster.await(Observation.Running.class::isInstance);
    Cause enough = Cause.of(Kind.CANCELLED, "enough");
    cluster.cancel(order, enough);
    assertThat(cluster.failure(order.of())).isEqualTo(enough);
  }

  @Test
  void whatIsCancelledBeforeItIsLaunchedNeverStarts() throws Exception {
    cluster.watching();
    Order.Launch order = cluster.shell("train", "true", "", 3);
    Cause enough = Cause.of(Kind.CANCELLED, "enough");
    cluster.cancel(order, enough);
    assertThat(cluster.failure(order.of())).isEqualTo(enough);
    assertThat(cluster.launch(order)).isInstanceOf(Observation.Launched.class);
  }
}
