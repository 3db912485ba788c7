package io.millrace.client.command;

import io.millrace.client.show.Elapsed;
import io.millrace.client.show.RunTree;
import io.millrace.client.show.Table;
import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.api.RunView.State;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

/** Shows a page of runs as a table. */
final class RunList {
  private final MillraceCommand root;
  private final DateTimeFormatter clock;
  private final Table table;
  private boolean empty = true;

  /**
   * @param last what the last column is called
   */
  RunList(MillraceCommand root, String last) {
    this.root = root;
    this.clock = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(root.around().zone());
    this.table = new Table("RUN", "FLOW", "STATE", "STARTED", "TOOK", last);
  }

  /**
   * One more run.
   *
   * @param started null when it has not
   * @param ended null while it has not
   */
  void add(RunId run, FlowRef flow, State state, Instant started, Instant ended, String last) {
    empty = false;
    table
        .row()
        .cell(run.value())
        .cell(flow.name())
        .cell(RunTree.tone(state), state.toString())
        .cell(started == null ? "" : clock.format(started))
        .cell(Elapsed.between(started, ended == null ? Instant.now() : ended))
        .cell(last);
  }

  /**
   * Prints what was added.
   *
   * @param next where the following page begins; null on the last one
   * @param nothing what to say when there is none
   */
  void print(String next, String nothing) {
    if (empty) {
      root.notice(nothing);
      return;
    }
    table.lines(root.style()).forEach(root.out()::println);
    root.out().flush();
    if (next != null) {
      root.notice("There are more: --before " + next);
    }
  }
}
