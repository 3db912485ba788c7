package io.millrace.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.millrace.events.Cause;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Jobs show of their attempts, as servers of several versions write their status. */
class HolderTest {
  private static final KubernetesSerialization FORM = new KubernetesSerialization();
  private static final Stop STOP =
      new Stop(Cause.of(Cause.Kind.CANCELLED, "enough"), Instant.parse("2026-01-02T03:00:00Z"));

  private static Holder job(boolean stopped, String status) {
    Job job =
        FORM.unmarshal(
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: j, namespace: n, creationTimestamp: "2026-01-02T03:00:00Z"}
            status: %s
            """
                .formatted(status),
            Job.class);
    if (stopped) {
      job.getMetadata().getAnnotations().put(Marks.STOPPED, STOP.text());
    }
    return Holder.of(job);
  }

  @Test
  void aJobIsSuspended() {
    String suspended = "{conditions: [{type: Suspended, status: 'True'}]}";
    assertThat(job(true, suspended).idle()).isTrue();
    assertThat(job(true, suspended).stop()).contains(STOP);
    assertThat(job(true, "{active: 1, startTime: '2026-01-02T03:00:01Z'}").idle()).isFalse();
  }

  @Test
  void aServerThatSuspendsNoJobsCountsThePodsThatAreLeft() {
    String emptied = "{startTime: '2026-01-02T03:00:01Z'}";
    assertThat(job(true, emptied).idle()).isTrue();
    assertThat(job(false, emptied).idle()).as("nobody has stopped it").isFalse();
    Instant heard = STOP.at().plusSeconds(5);
    assertThat(job(true, "{}").idleFrom()).as("not a word of it").isEqualTo(heard);
    assertThat(job(false, "{}").idleFrom()).isEqualTo(Instant.MAX);
  }

  @Test
  void aTombstoneNeverHadAPod() {
    Job job = new JobBuilder().withNewMetadata().endMetadata().build();
    job.getMetadata().setAnnotations(Map.of(Marks.STOPPED, STOP.text(), Marks.TOMBSTONE, "true"));
    assertThat(Holder.of(job).idle()).isTrue();
  }

  @Test
  void onlyControllersThatDoNotCountDeletedPodsReplaceThem() {
    assertThat(job(false, "{active: 1, uncountedTerminatedPods: {}}").replaces()).isFalse();
    assertThat(job(false, "{active: 1}").replaces()).isTrue();
  }
}
