/**
 * What people may see: {@link io.millrace.scheduler.view.RunView} follows the state topic, {@link
 * io.millrace.scheduler.view.EventStreams} reads the public events from any place on.
 */
package io.millrace.scheduler.view;
