package io.millrace.scheduler.launch.process;

import io.millrace.scheduler.launch.LogLine;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a file that somebody else may still be writing to, line by line. */
final class LineReader implements Closeable {
  /** The most bytes of one line; a longer one comes in pieces. */
  static final int LONGEST = 64 * 1024;

  private final Path file;
  private final String stream;
  private final int member;

  /** Where the next line begins, in the file and in the buffer. */
  private long offset;

  private int start;

  private SeekableByteChannel channel;
  private ByteBuffer buffer;

  /**
   * @param offset where to begin, in bytes
   */
  LineReader(Path file, String stream, int member, long offset) {
    this.file = file;
    this.stream = stream;
    this.member = member;
    this.offset = offset;
  }

  /**
   * The next line, if it is there whole.
   *
   * @param over whether nothing will be added: then what has no end of line is a line, too
   */
  Optional<LogLine> next(boolean over) throws IOException {
    if (!open()) {
      return Optional.empty();
    }
    int scanned = start;
    while (true) {
      for (; scanned < buffer.position(); scanned++) {
        if (buffer.get(scanned) == '\n') {
          return Optional.of(take(scanned, scanned + 1));
        }
      }
      if (buffer.position() - start > LONGEST) {
        int cut = characterBoundary();
        return Optional.of(take(cut, cut));
      }
      if (!buffer.hasRemaining()) {
        scanned -= start;
        moveToFront();
      }
      if (channel.read(buffer) <= 0) {
        int end = buffer.position();
        return over && end > start ? Optional.of(take(end, end)) : Optional.empty();
      }
    }
  }

  private boolean open() throws IOException {
    if (channel == null) {
      try {
        channel = Files.newByteChannel(file);
        channel.position(offset);
        buffer = ByteBuffer.allocate(2 * LONGEST);
      } catch (NoSuchFileException notYet) {
        return false;
      }
    }
    return true;
  }

  /** Where to cut a long line, at most after {@link #LONGEST} and not within a character. */
  private int characterBoundary() {
    int cut = start + LONGEST;
    while (cut > start + LONGEST - 3 && (buffer.get(cut) & 0xC0) == 0x80) {
      cut--;
    }
    return cut;
  }

  private LogLine take(int end, int next) {
    boolean windows = next > end && end > start && buffer.get(end - 1) == '\r';
    int length = end - start - (windows ? 1 : 0);
    String text = new String(buffer.array(), start, length, StandardCharsets.UTF_8);
    offset += next - start;
    start = next;
    return new LogLine(stream, member, offset, text);
  }

  private void moveToFront() {
    buffer.flip().position(start);
    buffer.compact();
    start = 0;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
