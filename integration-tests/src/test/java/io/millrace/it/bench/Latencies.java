package io.millrace.it.bench;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** Latencies of one pass, in the order in which they ended. */
final class Latencies {
  private final long[] nanos;
  private final AtomicInteger count = new AtomicInteger();

  Latencies(int most) {
    nanos = new long[most];
  }

  void add(long latency) {
    int at = count.getAndIncrement();
    if (at < nanos.length) {
      nanos[at] = latency;
    }
  }

  int count() {
    return Math.min(count.get(), nanos.length);
  }

  /** A percentile, in milliseconds. */
  double percentile(double percent) {
    long[] sorted = Arrays.copyOf(nanos, count());
    Arrays.sort(sorted);
    int at = (int) Math.ceil(percent / 100 * sorted.length) - 1;
    return sorted.length == 0 ? Double.NaN : sorted[Math.clamp(at, 0, sorted.length - 1)] / 1e6;
  }
}
