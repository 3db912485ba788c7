package io.millrace.events.api;

/**
 * A line that a step wrote, or a piece of one that is very long, as the API streams it.
 *
 * @param stream {@code stdout}, {@code stderr}, or the name of a container beside the step's own. A
 *     cluster keeps the step's two streams as one, which is called {@code stdout}
 * @param member of the gang that wrote it; 0 for a single process
 * @param text without its end
 */
public record LogLine(String stream, int member, String text) {}
