/**
 * Decides a partition's command log once more and compares with what the live engine made of it:
 * {@link io.millrace.client.audit.PartitionAudit}.
 */
package io.millrace.client.audit;
