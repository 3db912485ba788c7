package io.millrace.events;

/**
 * Reads the small texts that names are made of. Every record that the engine takes has some of
 * them: regular expressions were a twentieth of what its loop did.
 */
final class Text {
  private Text() {}

  /** The number that a text of one to nine decimal digits stands for; -1 when it is none. */
  static int number(String digits) {
    int length = digits.length();
    if (length == 0 || length > 9) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < length; i++) {
      char digit = digits.charAt(i);
      if (!isDigit(digit)) {
        return -1;
      }
      number = 10 * number + (digit - '0');
    }
    return number;
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLowerCase(char c) {
    return c >= 'a' && c <= 'z';
  }

  static boolean isLetter(char c) {
    return isLowerCase(c) || c >= 'A' && c <= 'Z';
  }
}
