/**
 * Orders in, observations out: {@link io.millrace.scheduler.launch.Launcher} has each order carried
 * out by the {@link io.millrace.scheduler.launch.Executor} that the configuration names.
 */
package io.millrace.scheduler.launch;
