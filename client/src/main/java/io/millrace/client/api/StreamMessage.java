package io.millrace.client.api;

/**
 * A message of a {@code text/event-stream}.
 *
 * @param id where to resume after it, as far as the stream has named a place; empty before
 * @param event its type; {@code message} when the stream names none
 * @param data its lines, joined
 */
record StreamMessage(String id, String event, String data) {}
