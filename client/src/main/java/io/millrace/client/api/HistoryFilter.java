package io.millrace.client.api;

/**
 * Which runs of the history to list.
 *
 * @param flow its name; null for all
 * @param state as {@link io.millrace.events.api.RunView.State} writes it; null for all
 * @param since only runs that started at this instant or later, in ISO 8601; null for all
 * @param until only runs that started before this instant, in ISO 8601; null for all
 * @param text that is in the id, the message or the parameters; null for all
 * @param limit the most to list
 * @param before the page's start, as the page before named it; null for the newest
 */
public record HistoryFilter(
    String flow, String state, String since, String until, String text, int limit, String before) {}
