/**
 * Follows runs by their event streams, to their end: {@link Following} runs, {@link LogLines} logs.
 */
package io.millrace.client.follow;
