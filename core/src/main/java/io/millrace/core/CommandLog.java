package io.millrace.core;

import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A partition's command log while it is folded: records go in as the broker has them, decisions
 * come out. Loop, audit and tests read a log through this and so decide it alike.
 */
public final class CommandLog {
  /** How far the clock of who fires timers may be ahead of the broker's. */
  static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  private final Engine engine;
  private Position position;

  /**
   * @param state as it was at the position; owned by this log from now on
   * @param position where to go on
   */
  public CommandLog(State state, Position position) {
    this.engine = new Engine(state);
    this.position = position;
  }

  /** What came of one record. */
  public sealed interface Taken {
    /** It was decided. */
    record Decided(Command command, Moment moment, Decision decision) implements Taken {}

    /** It is no command, or not one to be taken: it goes to the dead letters. */
    record Refused(String reason) implements Taken {}
  }

  /**
   * Takes the next record.
   *
   * @param offset not below the position; offsets may have holes
   * @param appended the record's time, which may be earlier than that of the one before
   * @throws BrokenCommandException when the rules' code fails; the log stays as it was
   * @throws UnknownBehaviourException when only a newer program knows the rules that it asks for
   */
  public Taken take(long offset, Instant appended, byte[] value) {
    return switch (Json.read(value, Command.class, "a command")) {
      case Decoded.NotUnderstood<Command>(String reason) -> refuse(offset, appended, reason);
      case Decoded.Understood<Command>(Command command) -> decide(offset, appended, command);
    };
  }

  /** Passes over a record, with a reason for the dead letters. */
  public Taken refuse(long offset, Instant appended, String reason) {
    position = new Position(offset + 1, later(appended));
    return new Taken.Refused(reason);
  }

  private Taken decide(long offset, Instant appended, Command command) {
    Instant time = later(appended);
    Optional<String> unfit =
        switch (command) {
          case Command.TimerFired timer -> unfit(timer, appended, time);
          case Command.PermitsDemanded demand -> unfit(demand.partition());
          case Command.PermitsGranted grant -> unfit(grant.partition());
          default -> Optional.empty();
        };
    if (unfit.isPresent()) {
      return refuse(offset, appended, unfit.get());
    }
    if (command instanceof Command.TimerFired timer && timer.deadline().isAfter(time)) {
      time = timer.deadline();
    }
    var moment = new Moment(offset, time);
    Decision decision;
    try {
      decision = engine.step(command, moment);
    } catch (UnknownBehaviourException newer) {
      throw newer;
    } catch (RuntimeException bug) {
      throw new BrokenCommandException(state().partition(), offset, bug);
    }
    position = new Position(offset + 1, time);
    return new Taken.Decided(command, moment, decision);
  }

  private static Optional<String> unfit(Command.TimerFired timer, Instant appended, Instant time) {
    try {
      EntityKey.parse(timer.entity());
    } catch (IllegalArgumentException unknown) {
      return Optional.of("a timer fired for what has none: " + unknown.getMessage());
    }
    boolean early =
        timer.deadline().isAfter(time) && timer.deadline().isAfter(appended.plus(CLOCK_SKEW));
    return early
        ? Optional.of(
            "the timer of %s fired before its deadline %s; check the clocks of broker and schedulers"
                .formatted(timer.entity(), timer.deadline()))
        : Optional.empty();
  }

  private Optional<String> unfit(int partition) {
    return partition < state().partitions()
        ? Optional.empty()
        : Optional.of(
            "there is no partition %d to lease permits to; there are %d"
                .formatted(partition, state().partitions()));
  }

  private Instant later(Instant appended) {
    return appended.isAfter(position.time()) ? appended : position.time();
  }

  public State state() {
    return engine.state();
  }

  public Position position() {
    return position;
  }
}
