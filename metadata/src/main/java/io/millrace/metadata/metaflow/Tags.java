package io.millrace.metadata.metaflow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.metadata.refusal.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Lists of tags in a column, and the rules for changing them, which are Metaflow's own. */
final class Tags {
  private static final int MOST = 50;
  private static final int LONGEST = 500;

  private Tags() {}

  static String column(Collection<String> tags) {
    return Json.text(tags);
  }

  /**
   * The system's tags of a run, and so of all that is in it, with the state of one of Millrace's.
   *
   * @param state as the history has it; null for a run that Millrace does not run
   */
  static List<String> system(String column, String state) {
    List<String> tags = read(column);
    if (state != null) {
      tags.add("millrace_state:" + state);
    }
    return tags;
  }

  static List<String> read(String column) {
    var tags = new ArrayList<String>();
    if (Json.read(column.getBytes(StandardCharsets.UTF_8), JsonNode.class, "tags")
        instanceof Decoded.Understood<JsonNode>(JsonNode array)) {
      array.forEach(tag -> tags.add(tag.asText()));
    }
    return tags;
  }

  /**
   * The user's tags of a run after a change. What is removed goes first; a tag of the system's is
   * not added again as a user's.
   *
   * @throws Refusal when a tag of the system's is to go, or the result breaks a bound
   */
  static Set<String> changed(
      Collection<String> present,
      Collection<String> system,
      Collection<String> add,
      Collection<String> remove) {
    var fixed = new TreeSet<>(system);
    fixed.retainAll(remove);
    if (!fixed.isEmpty()) {
      throw new Refusal(422, "%s: tags of the system cannot be removed".formatted(fixed));
    }
    var next = new TreeSet<>(present);
    next.removeAll(remove);
    var added = new TreeSet<>(add);
    added.removeAll(system);
    next.addAll(added);
    if (next.size() > MOST && next.size() > present.size()) {
      throw new Refusal(
          422, "the run would have %d tags; at most %d are allowed".formatted(next.size(), MOST));
    }
    for (String tag : added) {
      if (tag.isEmpty() || tag.length() > LONGEST) {
        throw new Refusal(
            422, "a tag has %d characters; expected 1 to %d".formatted(tag.length(), LONGEST));
      }
    }
    return next;
  }
}
