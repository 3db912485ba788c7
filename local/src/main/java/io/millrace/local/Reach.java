package io.millrace.local;

/**
 * From where a part can be reached.
 *
 * @param bind the address that it listens on
 * @param host the name or address by which clients find it; the broker tells it to them
 */
record Reach(String bind, String host) {
  static final String LOOPBACK = "127.0.0.1";

  /** By nobody else. */
  static final Reach OF_THIS_MACHINE = new Reach(LOOPBACK, LOOPBACK);
}
