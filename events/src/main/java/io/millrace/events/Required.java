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

  /**
   * @throws IllegalArgumentException when a text cannot be a flow's name
   */
  static void flowName(String name) {
    if (!FlowRef.isValidName(name)) {
      throw new IllegalArgumentException("field 'flow' is '%s', no flow's name".formatted(name));
    }
  }

  /**
   * @throws IllegalArgumentException when a text is not made of hexadecimal digits
   */
  static void digest(String text, String name) {
    field(text, name);
    boolean fits = text.length() <= 64 && !text.isEmpty();
    if (!fits || !text.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
      throw new IllegalArgumentException(
          "field '%s' is '%s', expected up to 64 hexadecimal digits".formatted(name, text));
    }
  }
}
