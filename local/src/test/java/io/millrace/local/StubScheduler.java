package io.millrace.local;

import java.util.concurrent.CountDownLatch;

/**
 * Stands in for the scheduler: says who and where it is, and does nothing, or dies, or does not
 * want to end.
 */
final class StubScheduler {
  private StubScheduler() {}

  public static void main(String[] args) throws InterruptedException {
    System.out.println("stub pid=" + ProcessHandle.current().pid());
    for (String name :
        new String[] {
          "kafka.bootstrap.servers", "millrace.data", "millrace.partitions", "a.setting"
        }) {
      System.out.println("stub " + name + "=" + System.getProperty(name));
    }
    if (Boolean.getBoolean("stub.dies")) {
      System.exit(3);
    }
    System.out.println("READY http=http://127.0.0.1:" + System.getProperty("quarkus.http.port"));
    new CountDownLatch(1).await();
  }
}
