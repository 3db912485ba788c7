package io.millrace.scheduler.launch.kubernetes;

import io.millrace.events.Digests;
import io.millrace.watcher.Identity;

/**
 * The name of an attempt's object, derived from its identity: whoever launches the attempt comes to
 * the same name, and the API server lets one object have it.
 *
 * <p>A JobSet of this name has pods {@code <name>-worker-<index>-0-<5 characters>}, which must fit
 * into the 63 characters of a DNS label, for gangs of up to 100,000 members.
 */
final class ObjectName {
  static final int LONGEST = 63 - "-worker-99999-0-12345".length();

  private static final int DIGITS = 16;
  private static final int RUN = 12;

  private ObjectName() {}

  static String of(Identity identity) {
    String digest = Digests.sha256(identity.toString()).substring(0, DIGITS);
    String run = dns(identity.of().run().value(), RUN);
    String step = dns(identity.of().task().step().value(), LONGEST - DIGITS - 2 - run.length());
    return run + "-" + (step.isEmpty() ? "" : step + "-") + digest;
  }

  /** What of a text may stand in a DNS label, for people to recognise. */
  static String dns(String text, int most) {
    String letters =
        text.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+", "");
    return letters.substring(0, Math.min(most, letters.length())).replaceAll("-+$", "");
  }
}
