package io.millrace.client.api;

/**
 * Which runs to list.
 *
 * @param flow its name; null for all
 * @param state as {@link io.millrace.events.api.RunView.State} writes it; null for all
 * @param tag one that they carry; null for all
 * @param limit the most to list
 * @param before the page's start, as the page before named it; null for the newest
 */
public record RunFilter(String flow, String state, String tag, int limit, String before) {
  /** The newest runs of all flows. */
  public static RunFilter newest(int limit) {
    return new RunFilter(null, null, null, limit, null);
  }
}
