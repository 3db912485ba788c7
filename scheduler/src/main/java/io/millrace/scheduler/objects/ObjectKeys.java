package io.millrace.scheduler.objects;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** What all stores agree on about keys. */
final class ObjectKeys {
  /** S3's bound. */
  private static final int MOST_BYTES = 1024;

  /** The order in which keys are listed. */
  static final Comparator<String> ORDER = (a, b) -> Arrays.compareUnsigned(bytes(a), bytes(b));

  private ObjectKeys() {}

  /**
   * The key, if every store can keep it.
   *
   * @throws IllegalArgumentException otherwise
   */
  static String valid(String key) {
    boolean bad = bytes(key).length > MOST_BYTES || key.indexOf('\0') >= 0;
    for (String segment : key.split("/", -1)) {
      bad |= segment.isEmpty() || segment.equals(".") || segment.equals("..");
    }
    if (bad) {
      throw new IllegalArgumentException(
          "object key '%s' is not made of segments with '/' between them ('.' and '..' are none), at most %d bytes in all"
              .formatted(key, MOST_BYTES));
    }
    return key;
  }

  private static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }
}
