/**
 * Metaflow's metadata service and the history of Millrace's runs. {@code metaflow} keeps what
 * Metaflow's clients register, {@code history} what the public events tell, {@code database} has
 * the tables of both. Of the engine nothing but its public events is known here.
 */
package io.millrace.metadata;
