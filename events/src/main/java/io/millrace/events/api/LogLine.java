package io.millrace.events.api;

/**
 * A line that a step wrote, or a piece of one that is very long, as the API streams it.
 *
 * @param stream {@code stdout} or {@code stderr}
 * @param member of the gang that wrote it; 0 for a single process
 * @param text without its end
 */
public record LogLine(String stream, int member, String text) {}
