package io.millrace.it.bench;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/** Does something at a steady rate; what is late is caught up with at once. */
final class Pace {
  private Pace() {}

  static void run(int perSecond, int times, IntConsumer what) {
    long began = System.nanoTime();
    for (int i = 0; i < times; i++) {
      long due = began + i * 1_000_000_000L / perSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      what.accept(i);
    }
  }
}
