/**
 * Whether this replica is started, ready and alive, for who asks over HTTP and for who started it.
 */
package io.millrace.scheduler.health;
