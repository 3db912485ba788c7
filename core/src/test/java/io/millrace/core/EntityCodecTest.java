package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.core.Entity.Limit.Share;
import io.millrace.events.Cause;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Entities and their bytes in the state topic. */
class EntityCodecTest {
  private static final RunId RUN = RunId.of("run");
  private static final TaskId TASK = TaskId.parse("fit-3.1");
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.000000678Z");
  private static final FlowRef FLOW = FlowRef.parse("f@" + "a".repeat(64));

  private static List<AttemptState> attemptStates() {
    Cause cause = Cause.userError(3, "three");
    return List.of(
        new AttemptState.Waiting(),
        new AttemptState.BackingOff(TIME),
        new AttemptState.Ordered(TIME),
        new AttemptState.Deferred(TIME, "quota"),
        new AttemptState.Deferred(null, "held back"),
        new AttemptState.Launched(),
        new AttemptState.Pending("ImagePull", "pulling"),
        new AttemptState.Running(TIME, TIME),
        new AttemptState.Running(TIME, null),
        new AttemptState.Stopping(cause, TIME),
        new AttemptState.Done(TIME),
        new AttemptState.Failed(cause, TIME));
  }

  private static void thereAndBack(Entity entity) {
    byte[] bytes = EntityCodec.write(entity);
    EntityKey key = EntityKey.parse(entity.key().text());
    assertThat(key).isEqualTo(entity.key());
    Entity again = EntityCodec.read(key, bytes);
    assertThat(EntityCodec.write(again)).isEqualTo(bytes);
    assertThat(again.deadline()).isEqualTo(entity.deadline());
    if (!(entity instanceof Entity.Chunk)) {
      assertThat(again).isEqualTo(entity);
    }
  }

  @Test
  void everyEntityIsReadBackAsItWasWritten() {
    for (AttemptState state : attemptStates()) {
      thereAndBack(new Entity.Task(RUN, TASK, 7, List.of("a-[0..3]"), 2, 3, 1, 2, 1, TIME, state));
    }
    for (RunState state :
        List.of(
            new RunState.Running(),
            new RunState.Suspended(),
            new RunState.Ending(RunState.Result.TIMED_OUT, "late"),
            new RunState.Ended(RunState.Result.SUCCEEDED, null, TIME, true))) {
      thereAndBack(new Entity.Status(RUN, state, 3, 99, TIME));
    }
    thereAndBack(new Entity.Flow(FLOW, Json.tree(Map.of("name", "f")), 0, TIME));
    thereAndBack(new Entity.Flow(FLOW, Json.tree(Map.of("name", "f")), 2, TIME));
    thereAndBack(
        new Entity.Run(
            RUN,
            FLOW,
            Map.of("a", JsonNodeFactory.instance.numberNode(1)),
            1,
            List.of("t"),
            List.of(RunId.of("old")),
            5,
            0,
            TIME,
            null,
            List.of()));
    thereAndBack(new Entity.Fan(RUN, TASK, 1, 5, 3, 2));
    thereAndBack(Entity.Chunk.empty(RUN, TASK, 2).with(2050, TaskId.parse("other-3-2050")));
    thereAndBack(new Entity.Join(RUN, TASK, Map.of(0, TASK, 11, TASK)));
    thereAndBack(new Entity.Progress(RUN, StepName.of("fit"), 1, 2, 3, 4, 5, TIME, TIME));
    thereAndBack(Entity.Progress.none(RUN, StepName.of("fit")));
    thereAndBack(new Entity.Limit("all", 9, Map.of(3, new Share(1, 2, 3, 4, 5, 6))));
    thereAndBack(new Entity.Permits("flow/a/b", 1, 2, 3, 4, 5, 6));
    thereAndBack(new Entity.Settings(5, 1));
  }

  @Test
  void aTimeIsANumberWhereMillisecondsSayAllAndIsReadFromATextToo() {
    Instant whole = Instant.parse("2026-01-02T03:04:05.678Z");
    for (Instant time : List.of(whole, TIME, Instant.EPOCH, Instant.MAX, Instant.MIN)) {
      thereAndBack(new Entity.Status(RUN, new RunState.Running(), 0, 0, time));
    }
    var status = new Entity.Status(RUN, new RunState.Running(), 0, 0, whole);
    String text = new String(EntityCodec.write(status), StandardCharsets.UTF_8);
    assertThat(text).contains("\"deadline\":1767323045678");
    String older = text.replace("1767323045678", "\"2026-01-02T03:04:05.678Z\"");
    assertThat(EntityCodec.read(status.key(), older.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(status);
  }

  @Test
  void keysHaveOneOrderWhateverTheirKinds() {
    var keys =
        new ArrayList<EntityKey>(
            List.of(
                new EntityKey.RunKey(RUN),
                new EntityKey.TaskKey(RUN, TaskId.parse("fit-10")),
                new EntityKey.TaskKey(RUN, TaskId.parse("fit-9")),
                new EntityKey.TaskKey(RunId.of("other"), TaskId.parse("fit-9")),
                new EntityKey.FanKey(RUN, TaskId.parse("fit-9")),
                new EntityKey.StatusKey(RUN)));
    Collections.sort(keys);
    assertThat(keys)
        .extracting(EntityKey::text)
        .containsExactly(
            "fan/run/fit-9",
            "run/run",
            "status/run",
            "task/other/fit-9",
            "task/run/fit-9",
            "task/run/fit-10");
    for (EntityKey key : keys) {
      for (EntityKey other : keys) {
        assertThat(Integer.signum(key.compareTo(other)))
            .isEqualTo(-Integer.signum(other.compareTo(key)))
            .isEqualTo(Integer.compare(keys.indexOf(key), keys.indexOf(other)));
      }
    }
  }

  @Test
  void aPositionIsReadBack() {
    var position = new Position(17, TIME);
    assertThat(EntityCodec.readPosition(EntityCodec.write(position))).isEqualTo(position);
  }

  @Test
  void whatCannotBeReadIsNamed() {
    byte[] strange = "{\"run\":7}".getBytes(StandardCharsets.UTF_8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EntityCodec.read(new EntityKey.RunKey(RUN), strange))
        .withMessageStartingWith(
            "the state record 'run/run' cannot be read, was it written by a newer version? ");
  }

  @Test
  void aChunkKnowsWhoHasArrived() {
    Entity.Chunk chunk = Entity.Chunk.empty(RUN, TASK, 1);
    for (int index : List.of(1024, 1031, 1032, 2047)) {
      assertThat(chunk.has(index)).isFalse();
      chunk = chunk.with(index, null);
      assertThat(chunk.has(index)).isTrue();
    }
    assertThat(chunk.has(1025)).isFalse();
    assertThat(chunk.has(2046)).isFalse();
    assertThat(chunk.exceptions()).isEmpty();
  }
}
