package io.millrace.client.follow;

import io.millrace.client.show.FailedTask;
import io.millrace.client.show.Summary;
import io.millrace.events.Json;
import io.millrace.events.api.EventView;
import io.millrace.events.api.RunView;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;

/** Every event as a line of JSON, for programs. */
public final class JsonView implements ProgressView {
  private final PrintWriter out;
  private final PrintWriter err;

  public JsonView(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public boolean wantsDetail() {
    return false;
  }

  @Override
  public void happened(List<EventView> events) {
    events.forEach(event -> out.println(Json.text(event)));
    out.flush();
  }

  @Override
  public void detail(RunView run, List<FailedTask> failures) {
    // The events say it.
  }

  @Override
  public void tick(Instant now) {
    // Nothing came.
  }

  @Override
  public void notice(String text) {
    err.println(text);
    err.flush();
  }

  @Override
  public void over(Summary summary) {
    // The last event says it.
  }
}
