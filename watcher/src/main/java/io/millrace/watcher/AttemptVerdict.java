package io.millrace.watcher;

import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Outcome;
import io.millrace.watcher.Scene.Member;
import io.millrace.watcher.Seen.Want;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decides what a scene means. All members must succeed; the first that does not gives the attempt
 * its cause. An end is told only when nothing of the attempt runs any more.
 */
final class AttemptVerdict {
  private static final Cause TWICE =
      Cause.of(Cause.Kind.LOST, "a second pod was started for the same attempt");

  private final Map<Want, Duration> bounds;

  /**
   * @param bounds how long each thing is waited for
   */
  AttemptVerdict(Map<Want, Duration> bounds) {
    this.bounds = bounds;
  }

  Verdict of(Scene scene, Instant now) {
    Optional<Stop> stop = scene.holder().flatMap(Holder::stop);
    Optional<Cause> failure = firstFailure(scene, stop);
    boolean live = scene.members().stream().anyMatch(Member::isLive);
    if (stop.isEmpty() && (live ? isTwice(scene) : isReplaced(scene))) {
      return new Verdict.StopIt(failure.orElse(TWICE));
    }
    if (failure.isPresent()) {
      if (live) {
        return new Verdict.Wait();
      }
      var end =
          new Verdict.Tell(new Observation.Failed(scene.of(), failure.get()), Optional.empty());
      // A controller that has not heard of the stop yet may still make another pod.
      return stop.isPresent() && scene.holder().filter(Holder::replaces).isPresent()
          ? whenIdle(scene, end, now)
          : end;
    }
    if (ended(scene) == scene.size()) {
      return new Verdict.Tell(
          new Observation.Succeeded(scene.of(), outcome(scene)), Optional.empty());
    }
    if (live) {
      return underWay(scene, stop, now);
    }
    return stop.isPresent() ? stopped(scene, stop.get(), now) : withoutPods(scene, now);
  }

  private static Optional<Cause> firstFailure(Scene scene, Optional<Stop> stop) {
    return scene.members().stream()
        .filter(member -> member.seen() instanceof Seen.EndedBadly)
        .min(
            Comparator.comparing((Member member) -> ((Seen.EndedBadly) member.seen()).at())
                .thenComparing(Member::index))
        .map(member -> cause(scene, member, stop));
  }

  private static Cause cause(Scene scene, Member member, Optional<Stop> stop) {
    var end = (Seen.EndedBadly) member.seen();
    if (end.byDeletion() && stop.isPresent()) {
      return stop.get().cause();
    }
    return scene.size() == 1
        ? end.cause()
        : new Cause(
            end.cause().kind(),
            end.cause().exitCode(),
            "member %d of %d: %s".formatted(member.index(), scene.size(), end.cause().message()));
  }

  private static long ended(Scene scene) {
    return scene.members().stream()
        .filter(member -> member.seen() instanceof Seen.EndedWell)
        .map(Member::index)
        .distinct()
        .count();
  }

  private static Outcome outcome(Scene scene) {
    return scene.members().stream()
        .filter(member -> member.index() == 0)
        .map(Member::seen)
        .filter(Seen.EndedWell.class::isInstance)
        .map(seen -> ((Seen.EndedWell) seen).outcome())
        .findFirst()
        .orElse(Outcome.SUCCESS);
  }

  /** No controller should make a second pod for a member; one that does is stopped. */
  private static boolean isTwice(Scene scene) {
    Map<Integer, Long> pods =
        scene.members().stream()
            .collect(Collectors.groupingBy(Member::index, Collectors.counting()));
    return pods.values().stream().anyMatch(count -> count > 1);
  }

  /** A pod that was deleted, and that its controller is about to make again. */
  private static boolean isReplaced(Scene scene) {
    return scene.holder().filter(one -> one.replaces() && one.end().isEmpty()).isPresent()
        && scene.members().stream()
            .anyMatch(
                member ->
                    member.seen() instanceof Seen.EndedBadly bad
                        && (bad.byDeletion() || !member.there()));
  }

  private Verdict underWay(Scene scene, Optional<Stop> stop, Instant now) {
    Optional<Seen.Waiting> waiting =
        scene.members().stream()
            .map(Member::seen)
            .filter(Seen.Waiting.class::isInstance)
            .map(Seen.Waiting.class::cast)
            .findFirst();
    if (waiting.isPresent()) {
      return stop.isPresent() ? new Verdict.Wait() : waiting(scene, waiting.get(), now);
    }
    List<String> where =
        scene.members().stream()
            .filter(member -> member.seen() instanceof Seen.Running)
            .map(member -> ((Seen.Running) member.seen()).where())
            .toList();
    boolean all = where.size() + ended(scene) == scene.size();
    return all && !where.isEmpty()
        ? new Verdict.Tell(
            new Observation.Running(
                scene.of(),
                where.size() == 1
                    ? where.getFirst()
                    : where.size() + " pods, first " + where.getFirst()),
            Optional.empty())
        : new Verdict.Wait();
  }

  private Verdict waiting(Scene scene, Seen.Waiting waiting, Instant now) {
    Duration bound = bounds.get(waiting.what());
    Instant until = waiting.since().equals(Instant.MAX) ? Instant.MAX : waiting.since().plus(bound);
    if (!now.isBefore(until)) {
      return new Verdict.StopIt(
          Cause.of(
              waiting.what().kind(),
              "%s for %s: %s".formatted(waiting.reason(), bound, waiting.message())));
    }
    return new Verdict.Tell(
        new Observation.Pending(scene.of(), waiting.reason(), waiting.message()),
        Optional.of(until));
  }

  private static Verdict stopped(Scene scene, Stop stop, Instant now) {
    return whenIdle(
        scene, new Verdict.Prove(new Observation.Failed(scene.of(), stop.cause())), now);
  }

  /** What follows once the attempt's object has no pods any more, and makes none. */
  private static Verdict whenIdle(Scene scene, Verdict then, Instant now) {
    Instant idleFrom = scene.holder().map(Holder::idleFrom).orElse(Instant.MIN);
    if (!now.isBefore(idleFrom)) {
      return then;
    }
    return idleFrom.equals(Instant.MAX) ? new Verdict.Wait() : new Verdict.LookAgain(idleFrom);
  }

  private Verdict withoutPods(Scene scene, Instant now) {
    if (scene.holder().isEmpty()) {
      return new Verdict.Prove(
          new Observation.Failed(
              scene.of(),
              Cause.of(
                  Cause.Kind.LOST,
                  "its object and its pods are gone, and their end was not seen")));
    }
    Holder holder = scene.holder().get();
    if (holder.end().isPresent()) {
      return new Verdict.Prove(byItsController(scene, holder.end().get()));
    }
    return scene
        .notCreated()
        .map(
            why ->
                waiting(
                    scene,
                    new Seen.Waiting(
                        "FailedCreate",
                        why.message(),
                        why.since(),
                        why.message().contains("exceeded quota") ? Want.QUOTA : Want.REFERENCE),
                    now))
        .orElseGet(Verdict.Wait::new);
  }

  /** The pods are gone, and only their controller still knows how they ended. */
  private static Observation byItsController(Scene scene, Holder.End end) {
    if (end.well()) {
      return new Observation.Succeeded(scene.of(), Outcome.SUCCESS);
    }
    Cause.Kind kind =
        "DeadlineExceeded".equals(end.reason()) ? Cause.Kind.TIMEOUT : Cause.Kind.LOST;
    return new Observation.Failed(
        scene.of(),
        Cause.of(
            kind,
            "its pods are gone before their end was seen; %s: %s"
                .formatted(end.reason(), end.message())));
  }
}
