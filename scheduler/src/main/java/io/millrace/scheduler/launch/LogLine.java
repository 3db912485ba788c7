package io.millrace.scheduler.launch;

/**
 * A line that a step wrote, or a piece of one that is very long.
 *
 * @param stream {@code stdout}, {@code stderr}, or the name of a container beside the step's own. A
 *     cluster keeps the step's two streams as one, which is called {@code stdout}
 * @param member of the gang that wrote it; 0 for a single process
 * @param position from which the rest of that stream can be had: where the next line begins, in
 *     bytes, or on a cluster when this one was written, in nanoseconds since 1970
 * @param text without its end; what is no UTF-8 is replaced
 */
public record LogLine(String stream, int member, long position, String text) {
  public static final String STDOUT = "stdout";
  public static final String STDERR = "stderr";
}
