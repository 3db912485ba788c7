package io.millrace.client.follow;

import io.millrace.client.show.FailedTask;
import io.millrace.client.show.RunTree;
import io.millrace.client.show.Screen;
import io.millrace.client.show.StepLayout;
import io.millrace.client.show.Style;
import io.millrace.client.show.Summary;
import io.millrace.client.show.Terminal;
import io.millrace.events.FlowRef;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** A tree of the run's steps, redrawn in place on a terminal. */
public final class LiveView implements ProgressView {
  private final PrintWriter out;
  private final PrintWriter err;
  private final Terminal terminal;
  private final Style style;
  private final Function<FlowRef, StepLayout> layouts;
  private final Screen screen;
  private RunTree tree;
  private RunView run;
  private List<FailedTask> failures = List.of();

  /**
   * @param layouts how the steps of a flow stand to one another; asked once
   */
  public LiveView(
      PrintWriter out,
      PrintWriter err,
      Terminal terminal,
      Style style,
      Function<FlowRef, StepLayout> layouts) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
    this.style = style;
    this.layouts = layouts;
    this.screen = new Screen(out);
  }

  @Override
  public boolean wantsDetail() {
    return true;
  }

  @Override
  public void happened(List<EventView> events) {
    // The run's detail, which follows, says it all.
  }

  @Override
  public void detail(RunView detail, List<FailedTask> soFar) {
    run = detail;
    failures = soFar;
    if (tree == null) {
      tree = new RunTree(layouts.apply(detail.flow()), style);
    }
    draw(Instant.now());
  }

  @Override
  public void tick(Instant now) {
    draw(now);
  }

  private void draw(Instant now) {
    if (run != null) {
      // Asked anew each time: windows change their size.
      Terminal.Size size = terminal.size().orElse(new Terminal.Size(80, 24));
      screen.draw(tree.lines(run, failures, now, size));
    }
  }

  @Override
  public void notice(String text) {
    screen.clear();
    err.println(text);
    err.flush();
    draw(Instant.now());
  }

  @Override
  public void over(Summary summary) {
    screen.keep();
    summary.lines(style).forEach(out::println);
    out.flush();
  }
}
