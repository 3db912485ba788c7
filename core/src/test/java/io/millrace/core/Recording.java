package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.CommandLog.Taken;
import io.millrace.events.Command;
import io.millrace.events.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One partition's log while it is written and folded: every record is kept, as bytes. */
final class Recording {
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final CommandLog log;
  private final long from;
  private final List<Entry> entries = new ArrayList<>();
  private Instant now = BEGIN;

  /** A record of the commands topic. */
  record Entry(long offset, Instant appended, byte[] value) {}

  Recording() {
    this(new State(0, 1));
  }

  Recording(State state) {
    this(new CommandLog(state, Position.START), 0);
  }

  /** Goes on with a log that was begun elsewhere. */
  Recording(CommandLog log, long from) {
    this.log = log;
    this.from = from;
  }

  /** Appends a record and takes it. */
  Taken append(byte[] value) {
    var entry = new Entry(from + entries.size(), now, value);
    entries.add(entry);
    return log.take(entry.offset(), entry.appended(), entry.value());
  }

  /** Appends a command that has to be decided. */
  Decision decide(Command command) {
    Taken taken = append(Json.write(command));
    assertThat(taken).as("%s", command).isInstanceOf(Taken.Decided.class);
    return ((Taken.Decided) taken).decision();
  }

  /** Lets time pass and fires what has become due, in order. */
  List<Decision> pass(Duration time) {
    Instant until = now.plus(time);
    var decisions = new ArrayList<Decision>();
    while (!state().deadlines().isEmpty() && !state().deadlines().first().at().isAfter(until)) {
      State.Deadline due = state().deadlines().first();
      now = due.at().isAfter(now) ? due.at() : now;
      decisions.add(decide(new Command.TimerFired(due.key().text(), due.at())));
    }
    now = until;
    return decisions;
  }

  Instant now() {
    return now;
  }

  State state() {
    return log.state();
  }

  CommandLog log() {
    return log;
  }

  List<Entry> entries() {
    return entries;
  }
}
