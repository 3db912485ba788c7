/**
 * The benchmarks behind {@code make bench}: each prints figures beside a limit that was measured in
 * the same run, on the same broker.
 */
package io.millrace.it.bench;
