package io.millrace.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Outcome;
import io.millrace.events.flow.Kubernetes.Kind;
import io.millrace.watcher.Scene.Member;
import io.millrace.watcher.Seen.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What all pods of an attempt and its object come to. */
class AttemptVerdictTest {
  private static final AttemptId OF = AttemptId.parse("r/fit/0");
  private static final Instant T0 = Instant.parse("2026-01-02T03:00:00Z");
  private static final Cause ENOUGH = Cause.of(Cause.Kind.CANCELLED, "enough");
  private static final Seen WELL = new Seen.EndedWell(Outcome.SUCCESS);
  private static final Seen RUNS = new Seen.Running("pod p on n");

  private final AttemptVerdict verdict =
      new AttemptVerdict(
          new WatchSettings(
                  "millrace",
                  List.of("default"),
                  "one",
                  "default",
                  Duration.ofSeconds(4),
                  Duration.ofMinutes(10),
                  Duration.ofHours(1),
                  Duration.ofMinutes(5),
                  Duration.ofMinutes(10),
                  Duration.ofDays(1))
              .bounds());

  private static Optional<Holder> job(boolean stopped, boolean idle, Holder.End end) {
    return Optional.of(
        new Holder(
            Kind.JOB,
            T0,
            stopped ? Optional.of(new Stop(ENOUGH, T0)) : Optional.empty(),
            idle ? Instant.MIN : Instant.MAX,
            false,
            Optional.ofNullable(end)));
  }

  /** Of a server before 1.26. */
  private static Optional<Holder> old(Optional<Stop> stop, Holder.End end) {
    return Optional.of(new Holder(Kind.JOB, T0, stop, Instant.MAX, true, Optional.ofNullable(end)));
  }

  private static final Optional<Holder> JOB = job(false, false, null);

  private static Scene scene(int size, Optional<Holder> holder, Member... members) {
    return new Scene(OF, size, holder, List.of(members), Optional.empty());
  }

  private Verdict of(Scene scene) {
    return verdict.of(scene, T0.plusSeconds(60));
  }

  private static Member member(int index, Seen seen) {
    return new Member(index, true, seen);
  }

  private static Seen failed(int exit, int second) {
    return new Seen.EndedBadly(Cause.userError(exit, "exit"), T0.plusSeconds(second), false);
  }

  private static Verdict tell(Observation observation) {
    return new Verdict.Tell(observation, Optional.empty());
  }

  @Test
  void onePodDecides() {
    assertThat(of(scene(1, JOB, member(0, WELL))))
        .isEqualTo(tell(new Observation.Succeeded(OF, Outcome.SUCCESS)));
    assertThat(of(scene(1, JOB, member(0, failed(3, 1)))))
        .isEqualTo(tell(new Observation.Failed(OF, Cause.userError(3, "exit"))));
    assertThat(of(scene(1, JOB, member(0, RUNS))))
        .isEqualTo(tell(new Observation.Running(OF, "pod p on n")));
    assertThat(of(scene(1, JOB))).isEqualTo(new Verdict.Wait());
  }

  @Test
  void allMembersOfAGangMustSucceed() {
    assertThat(of(scene(3, JOB, member(0, WELL), member(1, WELL), member(2, RUNS))))
        .isEqualTo(tell(new Observation.Running(OF, "pod p on n")));
    Seen said = new Seen.EndedWell(Outcome.splitting(2));
    assertThat(of(scene(3, JOB, member(2, WELL), member(0, said), member(1, WELL))))
        .isEqualTo(tell(new Observation.Succeeded(OF, Outcome.splitting(2))));
  }

  @Test
  void theFirstFailureGivesAGangItsCauseOnceAllHaveStopped() {
    assertThat(of(scene(3, JOB, member(0, RUNS), member(1, failed(3, 9)), member(2, RUNS))))
        .isEqualTo(new Verdict.Wait());
    Seen killed =
        new Seen.EndedBadly(Cause.of(Cause.Kind.EVICTED, "deleted"), T0.plusSeconds(12), true);
    assertThat(
            of(
                scene(
                    3,
                    JOB,
                    member(0, failed(5, 12)),
                    member(1, failed(3, 9)),
                    new Member(2, false, killed))))
        .isEqualTo(tell(new Observation.Failed(OF, Cause.userError(3, "member 1 of 3: exit"))));
  }

  @Test
  void whatWaitsIsTilItsBound() {
    var waiting = new Seen.Waiting("ErrImagePull", "no such image", T0, Want.IMAGE);
    Scene scene = scene(1, JOB, member(0, waiting));
    assertThat(of(scene))
        .isEqualTo(
            new Verdict.Tell(
                new Observation.Pending(OF, "ErrImagePull", "no such image"),
                Optional.of(T0.plusSeconds(600))));
    assertThat(verdict.of(scene, T0.plusSeconds(600)))
        .isEqualTo(
            new Verdict.StopIt(
                Cause.of(Cause.Kind.IMAGE_PULL, "ErrImagePull for PT10M: no such image")));
  }

  @Test
  void aStoppedAttemptEndsWhenNothingOfItIsLeft() {
    assertThat(of(scene(1, job(true, false, null), member(0, RUNS))))
        .isInstanceOf(Verdict.Tell.class);
    assertThat(of(scene(1, job(true, false, null)))).isEqualTo(new Verdict.Wait());
    assertThat(of(scene(1, job(true, true, null))))
        .isEqualTo(new Verdict.Prove(new Observation.Failed(OF, ENOUGH)));
    var soon =
        new Holder(
            Kind.JOB,
            T0,
            Optional.of(new Stop(ENOUGH, T0)),
            T0.plusSeconds(70),
            false,
            Optional.empty());
    assertThat(of(scene(1, Optional.of(soon))))
        .isEqualTo(new Verdict.LookAgain(T0.plusSeconds(70)));
    assertThat(verdict.of(scene(1, Optional.of(soon)), T0.plusSeconds(70)))
        .isEqualTo(new Verdict.Prove(new Observation.Failed(OF, ENOUGH)));
    Seen killed = new Seen.EndedBadly(Cause.of(Cause.Kind.EVICTED, "deleted"), T0, true);
    assertThat(of(scene(1, job(true, false, null), member(0, killed))))
        .isEqualTo(tell(new Observation.Failed(OF, ENOUGH)));
  }

  @Test
  void whoEndedBeforeItWasStoppedHasItsOwnEnd() {
    assertThat(of(scene(1, job(true, true, null), member(0, WELL))))
        .isEqualTo(tell(new Observation.Succeeded(OF, Outcome.SUCCESS)));
    assertThat(of(scene(1, job(true, true, null), member(0, failed(3, 1)))))
        .isEqualTo(tell(new Observation.Failed(OF, Cause.userError(3, "exit"))));
  }

  @Test
  void whenThePodsAreGoneTheirControllerIsAsked() {
    assertThat(of(scene(1, job(false, true, new Holder.End(true, "", "")))))
        .isEqualTo(new Verdict.Prove(new Observation.Succeeded(OF, Outcome.SUCCESS)));
    assertThat(of(scene(1, job(false, true, new Holder.End(false, "BackoffLimitExceeded", "m")))))
        .isEqualTo(
            new Verdict.Prove(
                new Observation.Failed(
                    OF,
                    Cause.of(
                        Cause.Kind.LOST,
                        "its pods are gone before their end was seen; BackoffLimitExceeded: m"))));
  }

  @Test
  void whenEverythingIsGoneItIsLost() {
    assertThat(of(scene(1, Optional.empty())))
        .isEqualTo(
            new Verdict.Prove(
                new Observation.Failed(
                    OF,
                    Cause.of(
                        Cause.Kind.LOST,
                        "its object and its pods are gone, and their end was not seen"))));
  }

  @Test
  void aSecondPodIsStopped() {
    assertThat(of(scene(1, JOB, member(0, RUNS), member(0, new Seen.Starting()))))
        .isInstanceOf(Verdict.StopIt.class);
  }

  @Test
  void aPodThatWouldBeMadeAgainIsKeptFromIt() {
    Cause deleted = Cause.of(Cause.Kind.EVICTED, "deleted");
    Seen evicted = new Seen.EndedBadly(deleted, T0, true);
    var departed = new Member(0, false, evicted);
    Verdict end = tell(new Observation.Failed(OF, deleted));
    assertThat(of(scene(1, JOB, departed))).isEqualTo(end);
    Verdict stop = new Verdict.StopIt(deleted);
    assertThat(of(scene(1, old(Optional.empty(), null), departed))).isEqualTo(stop);
    assertThat(of(scene(1, old(Optional.empty(), null), member(0, evicted)))).isEqualTo(stop);
    var second = member(0, new Seen.Starting());
    assertThat(of(scene(1, old(Optional.empty(), null), departed, second))).isEqualTo(stop);

    Optional<Holder> stopped = old(Optional.of(new Stop(deleted, T0)), null);
    assertThat(of(scene(1, stopped, departed, second))).isEqualTo(new Verdict.Wait());
    assertThat(of(scene(1, stopped, departed))).isEqualTo(new Verdict.Wait());
    var emptied =
        new Holder(Kind.JOB, T0, stopped.get().stop(), Instant.MIN, true, Optional.empty());
    assertThat(of(scene(1, Optional.of(emptied), departed))).isEqualTo(end);
    var failed = new Holder.End(false, "BackoffLimitExceeded", "m");
    assertThat(of(scene(1, old(Optional.empty(), failed), departed))).isEqualTo(end);
    assertThat(of(scene(1, old(Optional.empty(), null), member(0, failed(3, 1)))))
        .isEqualTo(tell(new Observation.Failed(OF, Cause.userError(3, "exit"))));
  }

  @Test
  void podsThatCannotBeMade() {
    var quota = new Scene.NotCreated("pods is forbidden: exceeded quota: q", T0);
    var account = new Scene.NotCreated("serviceaccount x not found", T0);
    var waitsForRoom = new Scene(OF, 1, JOB, List.of(), Optional.of(quota));
    assertThat(of(waitsForRoom))
        .isEqualTo(
            new Verdict.Tell(
                new Observation.Pending(OF, "FailedCreate", quota.message()),
                Optional.of(T0.plusSeconds(3600))));
    var refused = new Scene(OF, 1, JOB, List.of(), Optional.of(account));
    assertThat(verdict.of(refused, T0.plusSeconds(300)))
        .isEqualTo(
            new Verdict.StopIt(
                Cause.of(
                    Cause.Kind.REJECTED, "FailedCreate for PT5M: serviceaccount x not found")));
  }
}
