package io.millrace.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Names of runs, flows, tasks and attempts, and lists of tasks written short. */
class IdsTest {

  @Test
  void aRunsId() {
    assertThat(RunId.of("nightly-7").toString()).isEqualTo("nightly-7");
    assertThat(RunId.of("a").value()).isEqualTo("a");
    for (String wrong : List.of("", "7", "A", "a_b", "-a", "a-", "a/b", "a".repeat(64), "ä")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> RunId.of(wrong))
          .withMessageStartingWith("run id '" + wrong + "' is not of the form ");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> RunId.of(null));
  }

  @Test
  void aRequestGivesTheSameRunWheneverItIsPublished() {
    assertThat(RunId.derived("/shop", "1")).isEqualTo(RunId.derived("/shop", "1"));
    assertThat(RunId.derived("/shop", "1").value()).isEqualTo("re56023e664e1cad1f3cc");
    assertThat(RunId.derived("/shop", "2")).isNotEqualTo(RunId.derived("/shop", "1"));
    assertThat(RunId.derived("a", "b\nc")).isNotEqualTo(RunId.derived("a\nb", "d"));
  }

  @Test
  void aFlowsAddress() {
    FlowRef ref = FlowRef.parse("my.flow-1@" + "a".repeat(64));
    assertThat(ref.name()).isEqualTo("my.flow-1");
    assertThat(FlowRef.parse(ref.toString())).isEqualTo(ref);
    for (String wrong :
        List.of(
            "",
            "flow",
            "flow@",
            "@" + "a".repeat(64),
            "1@" + "a".repeat(64),
            "f@" + "A".repeat(64))) {
      assertThatIllegalArgumentException().isThrownBy(() -> FlowRef.parse(wrong));
    }
  }

  @Test
  void aTasksId() {
    for (String text :
        List.of("start", "_x9", "train-3-0", "refine.2", "refine-7.1", "a-999999999")) {
      assertThat(TaskId.parse(text)).hasToString(text);
    }
    assertThat(TaskId.parse("train-3-0").path()).containsExactly(3, 0);
    assertThat(TaskId.parse("train-3-0").splitIndex()).isZero();
    assertThat(TaskId.parse("train").splitIndex()).isEqualTo(-1);
    assertThat(TaskId.parse("refine-7.1").repeated()).hasToString("refine-7.2");
    assertThat(TaskId.parse("refine-7.1").at(StepName.of("end"))).hasToString("end-7");
    for (String wrong :
        List.of(
            "",
            "-1",
            "a-",
            "a-b",
            "a--1",
            "a.",
            "a.-1",
            "a.1.2",
            "a-1.x",
            "a-1234567890",
            "9a",
            "a-٣")) {
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> TaskId.parse(wrong));
    }
  }

  @Test
  void tasksAreOrderedAsTheyLieInTheFlow() {
    var tasks = new ArrayList<TaskId>();
    for (String text : List.of("b", "a-10", "a-2", "a-2-1", "a-2.1", "a", "a.1")) {
      tasks.add(TaskId.parse(text));
    }
    tasks.sort(null);
    assertThat(tasks.stream().map(TaskId::toString))
        .containsExactly("a", "a.1", "a-2", "a-2.1", "a-2-1", "a-10", "b");
  }

  @Test
  void anAttemptsId() {
    AttemptId id = AttemptId.parse("run-1/fit-3.1/12");
    assertThat(id.run()).isEqualTo(RunId.of("run-1"));
    assertThat(id.task()).isEqualTo(TaskId.parse("fit-3.1"));
    assertThat(id.attempt()).isEqualTo(12);
    assertThat(id).hasToString("run-1/fit-3.1/12");
    for (String wrong :
        List.of("", "r/a", "r/a/x", "r/a/-1", "r/a/1/2", "r/a/1234567890", "R/a/1")) {
      assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> AttemptId.parse(wrong));
    }
  }

  @Test
  void neighboursAreWrittenAsOneRange() {
    assertThat(ranges("a-0", "a-1", "a-2")).containsExactly("a-[0..2]");
    assertThat(ranges("a-0", "b-1", "b-2", "a-3")).containsExactly("a-0", "b-[1..2]", "a-3");
    assertThat(ranges("a-1-5", "a-1-6", "a-2-7")).containsExactly("a-1-[5..6]", "a-2-7");
    assertThat(ranges("a-0.1", "a-1.1", "a-2")).containsExactly("a-[0..1].1", "a-2");
    assertThat(ranges("a", "b")).containsExactly("a", "b");
    assertThat(ranges()).isEmpty();
  }

  private static List<String> ranges(String... tasks) {
    return TaskRanges.of(tasks.length, i -> TaskId.parse(tasks[i]));
  }

  @Test
  void aGangIsItsControlAndItsWorkers() {
    TaskId control = TaskId.parse("train-2");
    assertThat(TaskRanges.gang(control, 2)).containsExactly("train-2", "train-2-worker-0");
    assertThat(TaskRanges.expand(TaskRanges.gang(control, 4)))
        .containsExactly("train-2", "train-2-worker-0", "train-2-worker-1", "train-2-worker-2");
  }

  @Test
  void everyListIsExpandedAsItWasWritten() {
    var random = new SplittableRandom(5);
    for (int round = 0; round < 500; round++) {
      var tasks = new ArrayList<String>();
      for (int i = random.nextInt(30); i > 0; i--) {
        String text = "s" + random.nextInt(2) + "-" + random.nextInt(2) + "-" + random.nextInt(12);
        tasks.add(random.nextInt(4) == 0 ? text + ".1" : text);
      }
      List<String> written = TaskRanges.of(tasks.size(), i -> TaskId.parse(tasks.get(i)));
      assertThat(TaskRanges.expand(written)).isEqualTo(tasks);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskRanges.expand(List.of("a-[3..1]")))
        .withMessage("range 'a-[3..1]' runs backwards");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TaskRanges.expand(List.of("a-[0..999999999]")))
        .withMessage("range 'a-[0..999999999]' is wider than 1000000");
    assertThat(TaskRanges.first("a-[3..9].1")).isEqualTo("a-3.1");
    assertThat(TaskRanges.first("a-3")).isEqualTo("a-3");
  }
}
