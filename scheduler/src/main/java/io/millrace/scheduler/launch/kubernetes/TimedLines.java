package io.millrace.scheduler.launch.kubernetes;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads a log in which the kubelet has put the time before each line. Times become positions that
 * grow from line to line, also where a clock stood still, and that come out the same when the log
 * is read again from the beginning of a second.
 */
final class TimedLines implements Closeable {
  /** Longer lines come in pieces. */
  static final int LONGEST = 16 * 1024;

  private final BufferedInputStream bytes;
  private long last;
  private boolean atStart = true;

  TimedLines(InputStream bytes) {
    this.bytes = new BufferedInputStream(bytes);
  }

  /**
   * A line, or a piece of one.
   *
   * @param position in nanoseconds since 1970
   */
  record Timed(long position, String text) {}

  /** The next line, waiting for it; empty at the end of the log. */
  Optional<Timed> next() throws IOException {
    var piece = new ByteArrayOutputStream(128);
    bytes.mark(1);
    int next = bytes.read();
    if (next < 0) {
      return Optional.empty();
    }
    while (next >= 0 && next != '\n' && !isCutBefore(next, piece.size())) {
      piece.write(next);
      bytes.mark(1);
      next = bytes.read();
    }
    boolean wasAtStart = atStart;
    atStart = next < 0 || next == '\n';
    if (!atStart) {
      bytes.reset();
    }
    return Optional.of(timed(piece.toString(StandardCharsets.UTF_8), wasAtStart));
  }

  /** Never within a character. */
  private static boolean isCutBefore(int next, int size) {
    return size >= LONGEST && (next & 0xC0) != 0x80;
  }

  private Timed timed(String piece, boolean hasTime) {
    int space = hasTime ? piece.indexOf(' ') : -1;
    long time = space < 0 ? -1 : nanos(piece.substring(0, space));
    last = Math.max(time, last + 1);
    return new Timed(last, time < 0 ? piece : piece.substring(space + 1));
  }

  /** Negative for what is no time: words of the kubelet's own. */
  private static long nanos(String text) {
    try {
      Instant time = Instant.parse(text);
      return Math.addExact(
          Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    } catch (DateTimeException | ArithmeticException other) {
      return -1;
    }
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
