package io.millrace.scheduler.launch.process;

import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * One attempt under this server's eyes: starts its processes, waits for their ends, and concludes
 * once, when nothing of it runs any more.
 */
final class Supervision {
  private static final Logger LOG = Logger.getLogger(Supervision.class);

  private final AttemptFolder folder;
  private final Wrappers wrappers;
  private final Adoptions adoptions;
  private final Executor workers;
  private final Keeper keeper;
  private final CompletableFuture<Void> acknowledged = new CompletableFuture<>();

  /**
   * Guards what follows. Starting waits under it, so that an order and its repetition do not race.
   */
  private final ReentrantLock turn = new ReentrantLock();

  private final Set<Integer> watched = new HashSet<>();
  private final Set<Integer> ended = new HashSet<>();
  private State state = State.OPEN;

  private enum State {
    OPEN,
    /** Concluded, or left to another server. */
    OVER,
    /** Nothing could be started; the next order begins anew. */
    GIVEN_BACK
  }

  /** Who keeps account of whose attempt it is. Called under the turn. */
  interface Keeper {
    /** Makes it this server's, unless it is another living server's. */
    boolean take(AttemptFolder folder) throws IOException;

    /** Nothing of it was started, and nothing is. */
    void giveBack(Supervision supervision, AttemptFolder folder) throws IOException;

    /** It is over. Called once, and not at all when it is left. */
    void conclude(Supervision supervision, AttemptFolder folder);
  }

  Supervision(
      AttemptFolder folder,
      Wrappers wrappers,
      Adoptions adoptions,
      Executor workers,
      Keeper keeper) {
    this.folder = folder;
    this.wrappers = wrappers;
    this.adoptions = adoptions;
    this.workers = workers;
    this.keeper = keeper;
  }

  /** Completes when the end is acknowledged. */
  CompletableFuture<Void> acknowledged() {
    return acknowledged;
  }

  /**
   * Starts what has not been started.
   *
   * @return what came of it; empty when the attempt was given back and needs a new supervision
   */
  Optional<Observation> launch(Order.Launch order) throws IOException {
    turn.lock();
    try {
      if (state != State.OPEN) {
        return state == State.GIVEN_BACK
            ? Optional.empty()
            : Optional.of(Whereabouts.of(folder, ended));
      }
      if (!keeper.take(folder)) {
        return Optional.of(elsewhere());
      }
      if (folder.hasEnded()) {
        giveBack();
        return Optional.of(new Observation.Launched(folder.of()));
      }
      folder.create();
      folder.keep(order);
      if (order.gang() > 1) {
        folder.claim(new Claim.Gang(order.gang()));
      }
      for (Member member : folder.members()) {
        Optional<Observation> obstacle = begin(order, member);
        if (obstacle.isPresent() && !folder.isClaimed()) {
          giveBack();
          return obstacle;
        }
        if (obstacle.isPresent()) {
          abandon(obstacle.get());
          break;
        }
      }
      settle();
      return Optional.of(Whereabouts.of(folder, ended));
    } finally {
      turn.unlock();
    }
  }

  /** Its owner is alive: it has started it, or is about to, or will give it back. */
  private Observation elsewhere() throws IOException {
    Observation result =
        folder.isClaimed()
            ? Whereabouts.of(folder, ended)
            : new Observation.Deferred(
                folder.of(), ProcessExecutor.ROOM_DELAY, "another server is about to start it");
    giveBack();
    return result;
  }

  private void giveBack() throws IOException {
    state = State.GIVEN_BACK;
    keeper.giveBack(this, folder);
  }

  private Optional<Observation> begin(Order.Launch order, Member member) throws IOException {
    if (member.claim().isPresent()) {
      adopt(member);
      return Optional.empty();
    }
    return switch (wrappers.start(order, folder, member)) {
      case Wrappers.Start.Claimed(CompletionStage<?> end) -> {
        await(member, end);
        yield Optional.empty();
      }
      case Wrappers.Start.Taken() -> {
        adopt(member);
        yield Optional.empty();
      }
      case Wrappers.Start.NoRoom(String message) ->
          Optional.of(new Observation.Deferred(folder.of(), ProcessExecutor.ROOM_DELAY, message));
      case Wrappers.Start.Refused(String message) ->
          Optional.of(new Observation.Rejected(folder.of(), message));
    };
  }

  /** A gang of which only some could be started is of no use. */
  private void abandon(Observation obstacle) throws IOException {
    Cause cause =
        switch (obstacle) {
          case Observation.Deferred deferred ->
              Cause.of(
                  Cause.Kind.UNSCHEDULABLE,
                  "not all members of the gang could be started: " + deferred.message());
          case Observation.Rejected rejected -> Cause.of(Cause.Kind.REJECTED, rejected.message());
          default -> throw new IllegalStateException("no obstacle: " + obstacle);
        };
    folder.stop(cause);
    wrappers.stop(folder);
  }

  /**
   * Goes on with what another server, or an earlier life of this one, has left. What was never
   * started is left to the order, which was not acknowledged and so comes again.
   */
  void adopt() throws IOException {
    turn.lock();
    try {
      if (state != State.OPEN) {
        return;
      }
      if (!keeper.take(folder) || folder.hasEnded() || !folder.isClaimed()) {
        giveBack();
        return;
      }
      for (Member member : folder.members()) {
        adopt(member);
      }
      settle();
    } finally {
      turn.unlock();
    }
  }

  private void adopt(Member member) throws IOException {
    if (!watched.contains(member.index())
        && member.claim().orElse(null) instanceof Claim.Run(ProcessId process)) {
      await(member, adoptions.end(member, process));
    }
  }

  private void await(Member member, CompletionStage<?> end) {
    watched.add(member.index());
    end.whenCompleteAsync((ignored, failure) -> ended(member), workers);
  }

  private void ended(Member member) {
    turn.lock();
    try {
      if (state != State.OPEN) {
        return;
      }
      sweep(member);
      ended.add(member.index());
      Optional<Cause> failure = Verdict.failure(folder, member);
      if (folder.isGang() && failure.isPresent()) {
        folder.stop(failure.get());
        wrappers.stop(folder);
      }
      settle();
    } catch (IOException | RuntimeException failed) {
      LOG.errorf(
          failed, "attempt=%s member=%d its end cannot be told", folder.of(), member.index());
    } finally {
      turn.unlock();
    }
  }

  /** The wrapper ends its group itself, unless it was killed or has not come to it yet. */
  private void sweep(Member member) throws IOException {
    if (member.claim().orElse(null) instanceof Claim.Run(ProcessId leader)
        && (member.exit().isEmpty() || leader.isAlive())) {
      wrappers.sweep(leader);
    }
  }

  private void settle() {
    if (state != State.OPEN) {
      return;
    }
    List<Member> left = new ArrayList<>(folder.members());
    left.removeIf(
        member ->
            ended.contains(member.index())
                || member.claim().orElse(null) instanceof Claim.Cancelled);
    if (left.isEmpty()) {
      state = State.OVER;
      keeper.conclude(this, folder);
    }
  }

  /** Leaves the attempt as it is, to another server. */
  void leave() {
    turn.lock();
    try {
      state = State.OVER;
    } finally {
      turn.unlock();
    }
  }
}
