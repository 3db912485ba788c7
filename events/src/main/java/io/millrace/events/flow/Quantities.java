package io.millrace.events.flow;

import java.util.regex.Pattern;

/** Kubernetes resource quantities, as far as a document's author can get them wrong. */
final class Quantities {
  /** The grammar of the Kubernetes API conventions: a decimal number and an SI or binary suffix. */
  private static final Pattern QUANTITY =
      Pattern.compile("\\d+(\\.\\d+)?([eE][+-]?\\d+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?");

  private Quantities() {}

  static void check(Fields fields, String field, String value) {
    if (value != null && !QUANTITY.matcher(value).matches()) {
      fields.wrong(
          field, "expected a quantity such as 2, 500m, 512M or 4Gi, found '" + value + "'");
    }
  }
}
