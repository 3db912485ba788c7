/**
 * Turns a partition's command log into orders, events and checkpoints. One {@link
 * io.millrace.scheduler.loop.PartitionLoop} a partition, on one thread, without locks; behind it a
 * {@link io.millrace.scheduler.loop.Checkpointer} that writes the state on a second one. {@link
 * io.millrace.scheduler.loop.Ownership} says which replica runs which loop.
 */
package io.millrace.scheduler.loop;
