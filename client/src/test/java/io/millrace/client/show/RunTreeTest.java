package io.millrace.client.show;

import static io.millrace.client.Sample.at;
import static io.millrace.client.Sample.run;
import static io.millrace.client.Sample.step;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Sample;
import io.millrace.client.show.Terminal.Size;
import io.millrace.events.Cause;
import io.millrace.events.StepName;
import io.millrace.events.TaskId;
import io.millrace.events.api.RunView;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunTreeTest {
  private static final StepLayout LAYOUT = StepLayout.of(Sample.DOCUMENT);
  private static final Style UNICODE = new Style(false, true);

  private static final RunView HALFWAY =
      run(
          RunView.State.RUNNING,
          step("start", 1, 0, 1),
          step("fit", 1000, 8, 370, 1, 12),
          step("merge", 0, 0, 0),
          step("end", 0, 0, 0));

  private static final List<FailedTask> FAILURES =
      List.of(
          new FailedTask(
              StepName.of("fit"),
              TaskId.parse("fit-17"),
              2,
              Cause.userError(1, "first line\nsecond\tline \u001b[31m")));

  private static String draw(RunView run, List<FailedTask> failures, Style style, Size size) {
    return String.join("\n", new RunTree(LAYOUT, style).lines(run, failures, at(42), size));
  }

  @Test
  void drawsStepsWithCountsTimesAndFailures() {
    assertThat(draw(HALFWAY, FAILURES, UNICODE, new Size(100, 24)))
        .isEqualTo(
            """
            train  nightly-17  running  42s
            ✓ start                   1/1  2.5s
            ✗   fit  ███░░░░░░░  370/1000  41s     8 running, 1 failed, 12 retries
            · merge
            · end
            ✗ fit-17/2  user-error, exit code 1: first line second line  [31m""");
  }

  @Test
  void drawsWithWhatAPlainTerminalHas() {
    assertThat(draw(HALFWAY, List.of(), Style.PLAIN, new Size(100, 24)))
        .isEqualTo(
            """
            train  nightly-17  running  42s
            + start                   1/1  2.5s
            x   fit  ###-------  370/1000  41s     8 running, 1 failed, 12 retries
            . merge
            . end""");
  }

  @Test
  void leavesBarsOutAndCutsLinesOnANarrowScreen() {
    assertThat(draw(HALFWAY, FAILURES, UNICODE, new Size(40, 24)))
        .isEqualTo(
            """
            train  nightly-17  running  42s
            ✓ start       1/1  2.5s
            ✗   fit  370/1000  41s     8 running, 1…
            · merge
            · end
            ✗ fit-17/2  user-error, exit code 1: fi…""");
  }

  @Test
  void foldsStepsThatDoNotFit() {
    RunView.Step[] many =
        IntStream.range(0, 40)
            .mapToObj(
                i ->
                    i < 20
                        ? step("s" + i, 1, 0, 1)
                        : step("s" + i, i == 20 ? 1 : 0, i == 20 ? 1 : 0, 0))
            .toArray(RunView.Step[]::new);
    assertThat(draw(run(RunView.State.RUNNING, many), List.of(), UNICODE, new Size(60, 6)))
        .isEqualTo(
            """
            train  nightly-17  running  42s
            ✓ s18  1/1  2.5s
            ✓ s19  1/1  2.5s
            ▸ s20  0/1  41s
            … 18 done, 19 not begun""");
  }

  @Test
  void neverGivesMoreThanTheScreenHolds() {
    RunView.Step[] many =
        IntStream.range(0, 50)
            .mapToObj(i -> step("a_step_of_a_long_name_" + i, i % 4, i % 3, i % 2, i % 2, i))
            .toArray(RunView.Step[]::new);
    for (int rows = 1; rows < 60; rows++) {
      for (int columns = 1; columns < 140; columns += 7) {
        List<String> lines =
            new RunTree(LAYOUT, UNICODE)
                .lines(run(RunView.State.RUNNING, many), FAILURES, at(42), new Size(columns, rows));
        assertThat(lines).hasSizeLessThanOrEqualTo(Math.max(2, rows - 1));
        int most = columns;
        assertThat(lines).allMatch(line -> Columns.of(line) <= most);
      }
    }
  }

  @Test
  void coloursDoNotCountAsWidth() {
    String plain = draw(HALFWAY, FAILURES, UNICODE, new Size(40, 24));
    String coloured = draw(HALFWAY, FAILURES, new Style(true, true), new Size(40, 24));
    assertThat(coloured).contains("\u001b[31m");
    assertThat(coloured.replaceAll("\u001b\\[\\d+m", "").replaceAll(" +\n", "\n")).isEqualTo(plain);
  }

  @Test
  void showsWhatACancelledRunLeft() {
    RunView cancelled = run(RunView.State.CANCELLED, step("start", 1, 0, 1), step("fit", 3, 0, 1));
    assertThat(draw(cancelled, List.of(), UNICODE, new Size(100, 24)))
        .isEqualTo(
            """
            train  nightly-17  cancelled  9.5s
            ✓ start              1/1  2.5s
            ■   fit  ███░░░░░░░  1/3  8.5s    stopped""");
  }
}
