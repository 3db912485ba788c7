package io.millrace.scheduler.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects what is found in one pod. */
final class Breaches {
  private final List<Breach> found = new ArrayList<>();

  void add(String rule, String message, Object... arguments) {
    found.add(new Breach(rule, message.formatted(arguments)));
  }

  /**
   * Fields that this program does not know could be ones that the rules are about. A cluster that
   * is newer would take them.
   */
  void unknown(String where, Map<String, Object> fields) {
    fields.keySet().forEach(field -> add("unknown-fields", "%s has a field '%s'", where, field));
  }

  List<Breach> all() {
    return List.copyOf(found);
  }
}
