/**
 * The installation's topics: their clients, their check at the start, reading one from an offset
 * on, and appending to the command log.
 */
package io.millrace.scheduler.topics;
