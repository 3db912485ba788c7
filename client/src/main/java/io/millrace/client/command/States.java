package io.millrace.client.command;

import io.millrace.client.request.UsageException;
import io.millrace.events.api.RunView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The states of runs as people write them. */
final class States extends ArrayList<String> {
  States() {
    super(all());
  }

  private static List<String> all() {
    return Arrays.stream(RunView.State.values()).map(RunView.State::toString).toList();
  }

  static void check(String state) {
    if (!all().contains(state)) {
      throw new UsageException(
          "'%s' is no state of a run; expected one of %s."
              .formatted(state, String.join(", ", all())));
    }
  }
}
