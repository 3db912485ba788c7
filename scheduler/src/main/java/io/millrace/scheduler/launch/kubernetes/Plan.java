package io.millrace.scheduler.launch.kubernetes;

import io.millrace.events.Order;
import io.millrace.events.flow.Kubernetes;
import io.millrace.events.flow.Kubernetes.Kind;
import io.millrace.events.flow.Kubernetes.Place;
import io.millrace.watcher.Identity;
import java.util.Locale;

/**
 * What an order becomes: which object, under which name, where.
 *
 * @param order what is asked for
 * @param asked the step's own section, or the one without any wish
 * @param identity whose object it is
 * @param name of the object
 * @param kind of the object
 * @param namespace of the object
 */
record Plan(
    Order.Launch order,
    Kubernetes asked,
    Identity identity,
    String name,
    Kind kind,
    String namespace) {

  /**
   * @param namespace for steps that name none
   * @throws RefusedOrderException when the step's kind cannot hold what it is
   */
  static Plan of(Order.Launch order, String installation, String namespace) {
    var identity = new Identity(installation, order.of());
    Place place = Place.of(order.kubernetes(), order.gang() > 0);
    if (order.gang() > 0 && place.kind() != Kind.JOBSET) {
      throw new RefusedOrderException(
          "kubernetes.kind: step %s is a gang, which only a jobset can hold, found %s; leave it out"
              .formatted(order.of().task().step(), place.kind()));
    }
    return new Plan(
        order,
        order.kubernetes() == null ? Kubernetes.DEFAULT : order.kubernetes(),
        identity,
        ObjectName.of(identity),
        place.kind(),
        place.namespace() == null ? namespace : place.namespace());
  }

  /** How many pods the attempt has. */
  int members() {
    return Math.max(1, order.gang());
  }

  /** The name of the step's container. */
  String container() {
    String name = order.of().task().step().value().toLowerCase(Locale.ROOT).replace('_', '-');
    String clean = ObjectName.dns(name, 63);
    return clean.isEmpty() ? "step" : clean;
  }
}
