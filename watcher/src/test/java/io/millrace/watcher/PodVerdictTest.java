package io.millrace.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.millrace.events.Cause;
import io.millrace.events.Cause.Kind;
import io.millrace.events.Outcome;
import io.millrace.watcher.Seen.Want;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a pod's status means for its attempt. */
class PodVerdictTest {

  private static Cause failed(Pod pod) {
    Seen seen = PodVerdict.of(pod);
    assertThat(seen).isInstanceOf(Seen.EndedBadly.class);
    return ((Seen.EndedBadly) seen).cause();
  }

  private static Seen.Waiting waiting(Pod pod) {
    Seen seen = PodVerdict.of(pod);
    assertThat(seen).isInstanceOf(Seen.Waiting.class);
    return (Seen.Waiting) seen;
  }

  @Test
  void aStepThatSaysNothingHasSucceeded() {
    assertThat(PodVerdict.of(Pods.ended(0, "Completed", "")))
        .isEqualTo(new Seen.EndedWell(Outcome.SUCCESS));
  }

  @Test
  void theOutcomeIsTheTerminationMessage() {
    assertThat(PodVerdict.of(Pods.ended(0, "Completed", "{\"v\":1,\"ok\":true,\"splits\":3}")))
        .isEqualTo(new Seen.EndedWell(Outcome.splitting(3)));
  }

  @Test
  void theStepsContainerDecidesAlsoWhileASidecarRuns() {
    Pod pod =
        Pods.pod(
            "{phase: Running, containerStatuses: [{name: proxy, state: {running: {}}}, {name: fit, state: {terminated: {exitCode: 0, reason: Completed}}}]}");
    assertThat(PodVerdict.of(pod)).isEqualTo(new Seen.EndedWell(Outcome.SUCCESS));
  }

  @Test
  void aPodThatWentBeforeAnythingWasSaidOfItWasDeleted() {
    assertThat(PodVerdict.departed(Pods.pod("null")))
        .isInstanceOfSatisfying(
            Seen.EndedBadly.class, end -> assertThat(end.byDeletion()).isTrue());
  }

  @Test
  void aTombstoneHasEnded() {
    Pod tombstone = Pods.pod("{phase: Pending}");
    tombstone.getMetadata().getAnnotations().put(Marks.TOMBSTONE, "true");
    assertThat(PodVerdict.of(tombstone)).isInstanceOf(Seen.EndedBadly.class);
  }

  @Test
  void aStepThatReportsFailureHasFailed() {
    assertThat(failed(Pods.ended(0, "Completed", "{\"v\":1,\"ok\":false,\"error\":\"no rows\"}")))
        .isEqualTo(Cause.userError(0, "no rows"));
    assertThat(failed(Pods.ended(1, "Error", "{\"v\":1,\"ok\":false,\"error\":\"no rows\"}")))
        .isEqualTo(Cause.userError(1, "exit code 1: no rows"));
  }

  @Test
  void anOutcomeThatIsNoneIsTheStepsFault() {
    assertThat(failed(Pods.ended(0, "Completed", "fine")).message())
        .startsWith("expected outcome file as JSON");
    assertThat(failed(Pods.ended(0, "Completed", "{" + "x".repeat(4096))).message())
        .contains("4097 bytes or more, at most 4096 are taken");
  }

  @Test
  void anExitCodeComesWithTheEndOfTheLog() {
    assertThat(failed(Pods.ended(3, "Error", "Traceback")))
        .isEqualTo(Cause.userError(3, "exit code 3: Traceback"));
    assertThat(failed(Pods.ended(128, "StartError", "no such file")).message())
        .isEqualTo("exit code 128 (StartError): no such file");
  }

  @Test
  void outOfMemoryIsReadFromTheReason() {
    assertThat(failed(Pods.ended(137, "OOMKilled", "")).kind()).isEqualTo(Kind.OOM_KILLED);
    assertThat(failed(Pods.ended(1, "OOMKilled", "")).kind()).isEqualTo(Kind.OOM_KILLED);
    assertThat(failed(Pods.ended(137, "Error", "")).kind()).isEqualTo(Kind.USER_ERROR);
  }

  @ParameterizedTest
  @CsvSource({
    "DeadlineExceeded, timeout",
    "Evicted, evicted",
    "Preempting, preempted",
    "Terminated, preempted",
    "NodeShutdown, preempted",
    "NodeLost, node-lost",
    "UnexpectedAdmissionError, evicted",
  })
  void whatIsSaidOfTheWholePod(String reason, String kind) {
    assertThat(failed(Pods.pod("{phase: Failed, reason: %s, message: why}".formatted(reason))))
        .isEqualTo(Cause.of(Kind.parse(kind), reason + ": why"));
  }

  @Test
  void whatIsSaidOfThePodGoesBeforeItsContainersExitCode() {
    Pod pod =
        Pods.pod(
            "{phase: Failed, reason: DeadlineExceeded, message: late, containerStatuses: [{name: fit, state: {terminated: {exitCode: 137, reason: Error}}}]}");
    assertThat(failed(pod)).isEqualTo(new Cause(Kind.TIMEOUT, 137, "DeadlineExceeded: late"));
  }

  @ParameterizedTest
  @CsvSource({
    "PreemptionByScheduler, preempted, preempted",
    "EvictionByEvictionAPI, evicted, evicted",
    "DeletionByTaintManager, evicted, node-lost",
    "DeletionByPodGC, node-lost, node-lost",
    "TerminationByKubelet, evicted, evicted",
  })
  void disruptions(String reason, String whenItRan, String whenNobodyReports) {
    String condition =
        "conditions: [{type: DisruptionTarget, status: 'True', reason: %s, message: m}]"
            .formatted(reason);
    Pod ran =
        Pods.pod(
            "deletionTimestamp: '2026-01-02T03:01:00Z'",
            "{phase: Failed, %s, containerStatuses: [{name: fit, state: {terminated: {exitCode: 143, reason: Error}}}]}"
                .formatted(condition));
    assertThat(failed(ran)).isEqualTo(new Cause(Kind.parse(whenItRan), 143, reason + ": m"));
    Pod silent = Pods.pod("{phase: Running, %s}".formatted(condition));
    assertThat(((Seen.EndedBadly) PodVerdict.departed(silent)).cause().kind())
        .isEqualTo(Kind.parse(whenNobodyReports));
  }

  @Test
  void aPodThatWasDeletedWhileItRan() {
    Pod pod =
        Pods.pod(
            "deletionTimestamp: '2026-01-02T03:01:00Z'",
            "{phase: Failed, containerStatuses: [{name: fit, state: {terminated: {exitCode: 137, reason: Error}}}]}");
    var seen = (Seen.EndedBadly) PodVerdict.of(pod);
    assertThat(seen.cause().kind()).isEqualTo(Kind.EVICTED);
    assertThat(seen.byDeletion()).isTrue();
    var gone = (Seen.EndedBadly) PodVerdict.departed(Pods.pod("{phase: Running}"));
    assertThat(gone.byDeletion()).isTrue();
  }

  @Test
  void aPodThatFailedByItselfAndWasDeletedThen() {
    Pod pod =
        Pods.pod(
            "deletionTimestamp: '2026-01-02T03:05:00Z'",
            "{phase: Failed, containerStatuses: [{name: fit, state: {terminated: {exitCode: 2, reason: Error, finishedAt: '2026-01-02T03:01:00Z'}}}]}");
    assertThat(PodVerdict.of(pod))
        .isEqualTo(
            new Seen.EndedBadly(
                Cause.userError(2, "exit code 2"), Instant.parse("2026-01-02T03:01:00Z"), false));
  }

  @Test
  void anInitContainerThatFails() {
    Pod pod =
        Pods.pod(
            "{phase: Failed, initContainerStatuses: [{name: fetch, state: {terminated: {exitCode: 4, reason: Error, message: gone}}}], containerStatuses: [{name: fit, state: {waiting: {reason: PodInitializing}}}]}");
    assertThat(failed(pod))
        .isEqualTo(Cause.userError(4, "init container fetch: exit code 4: gone"));
  }

  @Test
  void aRunningStepSaysWhere() {
    assertThat(
            PodVerdict.of(
                Pods.pod(
                    "{phase: Running, containerStatuses: [{name: fit, state: {running: {}}}]}")))
        .isEqualTo(new Seen.Running("pod p on node-1"));
  }

  @Test
  void aPodWithoutANode() {
    assertThat(
            waiting(
                Pods.pod(
                    "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 0/3 nodes, lastTransitionTime: '2026-01-02T03:00:01Z'}]}")))
        .isEqualTo(
            new Seen.Waiting(
                "Unschedulable", "0/3 nodes", Instant.parse("2026-01-02T03:00:01Z"), Want.NODE));
  }

  @ParameterizedTest
  @CsvSource({
    "ErrImagePull, IMAGE",
    "ImagePullBackOff, IMAGE",
    "InvalidImageName, IMAGE",
    "CreateContainerConfigError, REFERENCE",
  })
  void aContainerThatCannotBegin(String reason, Want what) {
    Seen.Waiting seen =
        waiting(
            Pods.pod(
                "{phase: Pending, startTime: '2026-01-02T03:00:02Z', containerStatuses: [{name: fit, state: {waiting: {reason: %s, message: m}}}]}"
                    .formatted(reason)));
    assertThat(seen)
        .isEqualTo(
            new Seen.Waiting(
                reason, "container fit: m", Instant.parse("2026-01-02T03:00:02Z"), what));
  }

  @Test
  void aContainerThatIsBeingMadeIsNoNews() {
    assertThat(
            PodVerdict.of(
                Pods.pod(
                    "{phase: Pending, containerStatuses: [{name: fit, state: {waiting: {reason: ContainerCreating}}}]}")))
        .isEqualTo(new Seen.Starting());
    assertThat(PodVerdict.of(Pods.pod("{phase: Pending}"))).isEqualTo(new Seen.Starting());
  }
}
