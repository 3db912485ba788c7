package io.millrace.scheduler;

import io.millrace.scheduler.health.ReadyLine;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;

/** Runs a replica until it is asked to stop. */
@QuarkusMain
public final class SchedulerMain implements QuarkusApplication {
  private final ReadyLine readyLine;

  SchedulerMain(ReadyLine readyLine) {
    this.readyLine = readyLine;
  }

  /** Called when everything has been started, and every port is open. */
  @Override
  public int run(String... arguments) {
    readyLine.started();
    Quarkus.waitForExit();
    return 0;
  }
}
