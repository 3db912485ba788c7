package io.millrace.metadata.metaflow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same by many threads that begin together. */
final class AtOnce {
  private AtOnce() {}

  /** What each thread does; they are counted from 0 on. */
  interface Part<T> {
    T run(int n) throws Exception;
  }

  /**
   * Runs all parts; fails when one of them does.
   *
   * @return what each of them gave, in their order
   */
  static <T> List<T> all(int count, Part<T> part) throws Exception {
    var begin = new CountDownLatch(1);
    var results = new ArrayList<T>();
    try (var threads = Executors.newFixedThreadPool(count)) {
      var running = new ArrayList<Future<T>>();
      for (int n = 0; n < count; n++) {
        int which = n;
        running.add(
            threads.submit(
                () -> {
                  begin.await();
                  return part.run(which);
                }));
      }
      begin.countDown();
      for (Future<T> each : running) {
        results.add(each.get());
      }
    }
    return results;
  }
}
