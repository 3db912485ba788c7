/** Follows the cluster by informers and writes what it sees as observations; it decides nothing. */
package io.millrace.watcher;
