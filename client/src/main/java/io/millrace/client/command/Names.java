package io.millrace.client.command;

import io.millrace.client.api.ApiClient;
import io.millrace.client.api.ApiException;
import io.millrace.client.api.RunFilter;
import io.millrace.client.request.UsageException;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Names that people write: checked, and where there is nothing of a name, with those like it. */
final class Names {
  private static final int RUNS_TO_COMPARE = 200;
  private static final int MOST = 3;

  private Names() {}

  static RunId run(String text) {
    try {
      return RunId.of(text);
    } catch (IllegalArgumentException malformed) {
      throw new UsageException(malformed.getMessage());
    }
  }

  static StepName step(String text) {
    if (!StepName.isValid(text)) {
      throw new UsageException(
          "'%s' cannot be a step's name: letters, digits and '_', not starting with a digit."
              .formatted(text));
    }
    return StepName.of(text);
  }

  /** Asks about a run; when the server has none of that name, its answer gets suggestions. */
  static <T> T ofRun(MillraceCommand root, ApiClient api, RunId run, Supplier<T> question) {
    try {
      return question.get();
    } catch (ApiException refused) {
      if (refused.isNotFound()) {
        suggest(
            root,
            run.value(),
            () ->
                api.runs(RunFilter.newest(RUNS_TO_COMPARE)).value().runs().stream()
                    .map(view -> view.run().value())
                    .toList(),
            "List runs with 'millrace runs'.");
      }
      throw refused;
    }
  }

  /** Asks about a flow; when the server has none of that name, its answer gets suggestions. */
  static <T> T ofFlow(MillraceCommand root, ApiClient api, String flow, Supplier<T> question) {
    try {
      return question.get();
    } catch (ApiException refused) {
      if (refused.isNotFound()) {
        suggest(
            root,
            flow,
            () -> api.flows().value().flows().stream().map(view -> view.ref().name()).toList(),
            "List flows with 'millrace flows', deploy one with 'millrace deploy flow.yaml'.");
      }
      throw refused;
    }
  }

  private static void suggest(
      MillraceCommand root, String name, Supplier<List<String>> names, String otherwise) {
    List<String> like;
    try {
      like = like(name, names.get());
    } catch (ApiException noList) {
      like = List.of();
    }
    root.notice(like.isEmpty() ? otherwise : "Did you mean " + String.join(" or ", like) + "?");
  }

  /** The names that a person may have meant, the nearest first. */
  static List<String> like(String name, Collection<String> names) {
    int near = Math.max(2, name.length() / 4);
    return names.stream()
        .distinct()
        .collect(Collectors.toMap(other -> other, other -> distance(name, other)))
        .entrySet()
        .stream()
        .filter(
            other ->
                other.getValue() <= near || (name.length() >= 3 && other.getKey().startsWith(name)))
        .sorted(
            Comparator.comparing((Map.Entry<String, Integer> e) -> e.getValue())
                .thenComparing(Map.Entry::getKey))
        .limit(MOST)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** How many letters have to be put in, taken out or changed. */
  static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[to.length()];
  }
}
