package io.millrace.client.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.Sample;
import io.millrace.client.show.StepLayout;
import io.millrace.events.Cause;
import io.millrace.events.Event.TaskChange;
import io.millrace.events.Outcome;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlainViewTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final PlainView view =
      new PlainView(
          new PrintWriter(out),
          new PrintWriter(err),
          flow -> StepLayout.of(Sample.DOCUMENT),
          ZoneOffset.UTC);

  private List<String> said() {
    List<String> lines = out.toString().lines().toList();
    out.getBuffer().setLength(0);
    return lines;
  }

  @Test
  void saysAStepIsDoneWhenNothingOfItCanFollow() {
    List<EventView> story = Sample.story();
    view.happened(story.subList(0, 7));
    view.detail(
        Sample.run(
            RunView.State.RUNNING,
            Sample.step("start", 1, 0, 1),
            Sample.step("fit", 3, 3, 0),
            Sample.step("merge", 0, 0, 0),
            Sample.step("end", 0, 0, 0)),
        List.of());
    assertThat(said())
        .containsExactly(
            "12:00:00  run nightly-17 of train started",
            "12:00:00  step start started",
            "12:00:01  step fit started",
            "12:00:03  step start done: 1/1, 2.5s");

    view.happened(story.subList(7, 10));
    view.detail(Sample.succeeded(), List.of());
    assertThat(said())
        .containsExactly(
            "12:00:02  fit-1/0 failed and is tried again: user-error, exit code 3: no memory left",
            "12:00:03  step fit done: 3/3, 1 retry, 2.5s");

    view.happened(story.subList(10, 14));
    view.detail(Sample.succeeded(), List.of());
    assertThat(said())
        .containsExactly(
            "12:00:04  step merge started",
            "12:00:09  step end started",
            "12:00:03  step merge done: 1/1, 2.5s",
            "12:00:03  step end done: 1/1, 2.5s");
  }

  @Test
  void countsWhatAWideForeachHasTooManyOf() {
    view.happened(
        IntStream.range(0, 1000)
            .mapToObj(
                i ->
                    Sample.taskEvent(
                        1, "fit-" + i, 0, TaskChange.RETRYING, Cause.userError(1, "no"), null))
            .toList());
    view.happened(
        IntStream.range(0, 1000)
            .mapToObj(
                i ->
                    Sample.taskEvent(2, "fit-" + i, 1, TaskChange.SUCCEEDED, null, Outcome.SUCCESS))
            .toList());

    assertThat(said())
        .hasSize(12)
        .endsWith("12:00:01  further failures of step fit are counted only");
  }

  @Test
  void doesNotCallAStepDoneWhileItsForeachGoesOn() {
    view.happened(Sample.story().subList(0, 7));
    view.detail(
        Sample.run(
            RunView.State.RUNNING,
            Sample.step("start", 1, 1, 0),
            Sample.step("fit", 3, 0, 3),
            Sample.step("merge", 0, 0, 0)),
        List.of());

    assertThat(said()).noneMatch(line -> line.contains("done"));
  }
}
