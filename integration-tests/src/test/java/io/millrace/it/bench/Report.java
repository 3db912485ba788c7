package io.millrace.it.bench;

import io.millrace.events.Json;
import java.util.LinkedHashMap;

/** Prints figures as JSON lines. */
final class Report {
  private Report() {}

  /**
   * Prints a figure.
   *
   * @param limit what it is measured against; null where there is nothing to compare with
   * @param note where the figure or the limit comes from
   */
  static void print(String figure, double value, String unit, Double limit, String note) {
    var line = new LinkedHashMap<String, Object>();
    line.put("figure", figure);
    line.put("value", rounded(value));
    line.put("unit", unit);
    line.put("limit", limit == null ? null : rounded(limit));
    line.put("ratio", limit == null || limit == 0 ? null : rounded(value / limit));
    line.put("note", note);
    System.out.println(Json.text(line));
  }

  private static double rounded(double value) {
    double scale = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 10 : 1000;
    return Math.round(value * scale) / scale;
  }
}
