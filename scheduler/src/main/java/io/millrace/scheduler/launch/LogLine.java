package io.millrace.scheduler.launch;

/**
 * A line that a step wrote, or a piece of one that is very long.
 *
 * @param stream {@code stdout} or {@code stderr}
 * @param member of the gang that wrote it; 0 for a single process
 * @param endOffset where the next line begins in that stream, in bytes
 * @param text without its end; what is no UTF-8 is replaced
 */
public record LogLine(String stream, int member, long endOffset, String text) {
  public static final String STDOUT = "stdout";
  public static final String STDERR = "stderr";
}
