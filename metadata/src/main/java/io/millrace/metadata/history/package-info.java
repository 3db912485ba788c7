/**
 * What became of Millrace's runs. {@link io.millrace.metadata.history.EventFollower} reads the
 * public events, {@link io.millrace.metadata.history.HistoryWriter} turns them into rows, and
 * {@link io.millrace.metadata.history.RunHistory} answers questions about them, also about runs
 * that the engine has long forgotten.
 */
package io.millrace.metadata.history;
