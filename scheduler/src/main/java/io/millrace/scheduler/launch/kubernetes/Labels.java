package io.millrace.scheduler.launch.kubernetes;

import io.millrace.events.AttemptId;
import io.millrace.events.Digests;
import io.millrace.events.FlowRef;
import io.millrace.watcher.Identity;
import io.millrace.watcher.Marks;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The labels of everything that is launched. */
final class Labels {
  private static final int LONGEST = 63;
  private static final int DIGITS = 8;
  private static final Pattern VALID =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?");

  private Labels() {}

  /** What programs go by. */
  static Map<String, String> ofObject(Identity identity, String name) {
    var labels = new TreeMap<String, String>();
    labels.put("app.kubernetes.io/part-of", "metaflow");
    labels.put("app.kubernetes.io/name", "metaflow-task");
    labels.put("app.kubernetes.io/managed-by", "millrace");
    labels.put(Marks.INSTALLATION, identity.installation());
    labels.put(Marks.OBJECT, name);
    AttemptId of = identity.of();
    labels.put("metaflow/run_id", value(of.run().value()));
    labels.put("metaflow/step_name", value(of.task().step().value()));
    labels.put("metaflow/task_id", value(of.task().toString()));
    labels.put("metaflow/attempt", Integer.toString(of.attempt()));
    return labels;
  }

  /** With what people look for. */
  static Map<String, String> of(Identity identity, String name, FlowRef flow) {
    Map<String, String> labels = ofObject(identity, name);
    labels.put("metaflow/flow_name", value(flow.name()));
    return labels;
  }

  /**
   * A text as a label's value. What is no valid one is cut and cleaned, and told from others of the
   * same look by a piece of its digest.
   */
  static String value(String text) {
    if (text.length() <= LONGEST && VALID.matcher(text).matches()) {
      return text;
    }
    String clean = text.replaceAll("[^A-Za-z0-9_.-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
    String kept = clean.substring(0, Math.min(clean.length(), LONGEST - DIGITS - 1));
    return (kept.isEmpty() ? "x" : kept) + "-" + Digests.sha256(text).substring(0, DIGITS);
  }
}
