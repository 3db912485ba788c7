package io.millrace.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Change;
import io.millrace.core.Entity;
import io.millrace.core.RunState;
import io.millrace.core.State;
import io.millrace.events.Command;
import io.millrace.events.RunId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration BOUND = Duration.ofSeconds(5);

  private final State state = new State(0, 1);
  private final List<Command.TimerFired> fired = new ArrayList<>();

  private void due(String run, Instant at) {
    var status = new Entity.Status(RunId.of(run), new RunState.Running(), 0, 0, at);
    state.apply(List.of(new Change(status.key(), status)));
  }

  private Deadlines at(Instant now) {
    return new Deadlines(Clock.fixed(now, ZoneOffset.UTC));
  }

  private void fire(Deadlines deadlines) {
    deadlines.fire(state, (key, command) -> fired.add((Command.TimerFired) command));
  }

  @Test
  void whatIsDueFiresOnceWithItsVeryDeadline() {
    due("early", NOON.minusSeconds(1));
    due("late", NOON.plusSeconds(1));
    Deadlines deadlines = at(NOON);

    fire(deadlines);
    fire(deadlines);

    assertThat(fired).containsExactly(new Command.TimerFired("status/early", NOON.minusSeconds(1)));
  }

  @Test
  void aDeadlineThatMovedIsAnother() {
    due("run", NOON.minusSeconds(2));
    Deadlines deadlines = at(NOON);
    fire(deadlines);

    due("run", NOON.minusSeconds(1));
    fire(deadlines);

    assertThat(fired)
        .extracting(Command.TimerFired::deadline)
        .containsExactly(NOON.minusSeconds(2), NOON.minusSeconds(1));
  }

  @Test
  void theLoopMayWaitUntilJustAfterTheNextOne() {
    assertThat(at(NOON).untilNext(state, BOUND)).isEqualTo(BOUND);

    due("run", NOON.plusMillis(300));
    assertThat(at(NOON).untilNext(state, BOUND)).isEqualTo(Duration.ofMillis(301));

    due("run", NOON.plusSeconds(60));
    assertThat(at(NOON).untilNext(state, BOUND)).isEqualTo(BOUND);
  }

  @Test
  void oneThatIsFiredAndNotYetDecidedKeepsNobodyAwake() {
    due("run", NOON);
    Deadlines deadlines = at(NOON);
    assertThat(deadlines.untilNext(state, BOUND)).isEqualTo(Duration.ofMillis(1));

    fire(deadlines);

    assertThat(deadlines.untilNext(state, BOUND)).isEqualTo(BOUND);
  }
}
