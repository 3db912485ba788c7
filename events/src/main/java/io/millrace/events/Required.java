package io.millrace.events;

/** Fields that a record cannot do without, checked where foreign bytes become records. */
final class Required {
  private Required() {}

  /**
   * @throws IllegalArgumentException when there is no value
   */
  static void field(Object value, String name) {
    if (value == null) {
      throw new IllegalArgumentException("field '" + name + "' is missing");
    }
  }

  /**
   * @throws IllegalArgumentException when a number is outside its bounds
   */
  static void within(long value, long least, long most, String name) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "field '%s' is %d, expected %d to %d".formatted(name, value, least, most));
    }
  }

  /**
   * @throws IllegalArgumentException when a text names no limit: neither all attempts nor a flow's
   */
  static void limit(String name) {
    field(name, "limit");
    boolean ofFlow = name.startsWith("flow/") && FlowRef.isValidName(name.substring(5));
    if (!ofFlow && !name.equals("all")) {
      throw new IllegalArgumentException(
          "limit '" + name + "' is neither 'all' nor 'flow/' with a flow's name");
    }
  }
}
