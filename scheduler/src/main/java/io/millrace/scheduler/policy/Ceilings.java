package io.millrace.scheduler.policy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The most that one pod may ask for. */
final class Ceilings {
  private final Map<String, Ceiling> byKey = new TreeMap<>();

  private record Ceiling(Predicate<String> resource, String text, BigDecimal most) {}

  /**
   * @throws IllegalStateException when a ceiling is no quantity, with its key
   */
  Ceilings(PolicyConfig.CeilingsConfig config) {
    config.cpu().ifPresent(most -> add("cpu", "cpu"::equals, most));
    config.memory().ifPresent(most -> add("memory", "memory"::equals, most));
    config.disk().ifPresent(most -> add("disk", "ephemeral-storage"::equals, most));
    config.gpu().ifPresent(most -> add("gpu", name -> name.endsWith("/gpu"), most));
    config.resources().forEach((name, most) -> add("resources." + name, name::equals, most));
  }

  private void add(String key, Predicate<String> resource, String text) {
    try {
      byKey.put(key, new Ceiling(resource, text, new Quantity(text).getNumericalAmount()));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalStateException(
          "millrace.policy.ceilings.%s: expected a quantity such as 8 or 16Gi, found '%s'"
              .formatted(key, text),
          wrong);
    }
  }

  void judge(PodSpec pod, Breaches breaches) {
    byKey.forEach(
        (key, ceiling) -> {
          BigDecimal asked = asked(pod, ceiling.resource());
          if (asked.compareTo(ceiling.most()) > 0) {
            breaches.add(
                "ceilings." + key,
                "the pod asks for %s in all, at most %s is allowed",
                asked.stripTrailingZeros().toPlainString(),
                ceiling.text());
          }
        });
  }

  /**
   * As the scheduler of Kubernetes counts: init containers run one after the other and before the
   * rest, but for those that go on as sidecars.
   */
  private static BigDecimal asked(PodSpec pod, Predicate<String> resource) {
    BigDecimal together = BigDecimal.ZERO;
    for (Container container : pod.getContainers()) {
      together = together.add(asked(container.getResources(), resource));
    }
    BigDecimal sidecars = BigDecimal.ZERO;
    BigDecimal first = BigDecimal.ZERO;
    for (Container container : pod.getInitContainers()) {
      BigDecimal one = asked(container.getResources(), resource);
      if ("Always".equals(container.getRestartPolicy())) {
        sidecars = sidecars.add(one);
        first = first.max(sidecars);
      } else {
        first = first.max(sidecars.add(one));
      }
    }
    return together.add(sidecars).max(first).max(asked(pod.getResources(), resource));
  }

  private static BigDecimal asked(ResourceRequirements resources, Predicate<String> resource) {
    return resources == null
        ? BigDecimal.ZERO
        : sum(resources.getRequests(), resource).max(sum(resources.getLimits(), resource));
  }

  private static BigDecimal sum(Map<String, Quantity> amounts, Predicate<String> resource) {
    return amounts == null
        ? BigDecimal.ZERO
        : amounts.entrySet().stream()
            .filter(amount -> resource.test(amount.getKey()))
            .map(amount -> amount.getValue().getNumericalAmount())
            .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
