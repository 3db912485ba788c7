/**
 * Steps as processes of this machine. {@link io.millrace.scheduler.launch.process.ProcessExecutor}
 * starts, watches and stops them, {@link io.millrace.scheduler.launch.process.ProcessLogs} reads
 * what they write. Everything that must outlive a server is a file in the data folder; any server
 * that shares the folder goes on with what another one left.
 */
package io.millrace.scheduler.launch.process;
