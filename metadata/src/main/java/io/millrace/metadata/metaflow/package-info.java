/**
 * Metaflow's metadata service, as Metaflow's own client speaks to it: flows, runs, steps, tasks,
 * artifacts and metadata, under {@code /metadata}. Stores read and write rows, resources speak the
 * protocol. Where Millrace runs something itself, what is shown carries its state.
 */
package io.millrace.metadata.metaflow;
