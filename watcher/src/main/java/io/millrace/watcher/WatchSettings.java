package io.millrace.watcher;

import io.millrace.watcher.Seen.Want;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is watched and how.
 *
 * @param installation whose objects
 * @param namespaces where they are
 * @param replica this watcher's name among the installation's
 * @param leaseNamespace where the lease is by which one of them leads
 * @param leaseDuration after such a silence another one leads
 * @param imageBound how long an attempt waits for an image
 * @param nodeBound how long it waits for a node, or for room in a quota
 * @param referenceBound how long it waits for what its spec refers to
 * @param resync how often everything is listed anew, in case a change was never told
 * @param tombstonesKept how long the objects of stopped attempts are kept: longer than the orders
 */
public record WatchSettings(
    String installation,
    List<String> namespaces,
    String replica,
    String leaseNamespace,
    Duration leaseDuration,
    Duration imageBound,
    Duration nodeBound,
    Duration referenceBound,
    Duration resync,
    Duration tombstonesKept) {

  Map<Want, Duration> bounds() {
    var bounds = new EnumMap<Want, Duration>(Want.class);
    for (Want want : Want.values()) {
      bounds.put(
          want,
          switch (want) {
            case IMAGE -> imageBound;
            case NODE, QUOTA -> nodeBound;
            case REFERENCE -> referenceBound;
          });
    }
    return bounds;
  }
}
