package io.millrace.scheduler.loop;

/** Told when a loop can no longer trust what it holds in memory, from whichever thread saw it. */
@FunctionalInterface
interface LoopFailure {
  /**
   * @param what cannot be done
   * @param why what the client said
   */
  void lost(String what, Throwable why);
}
