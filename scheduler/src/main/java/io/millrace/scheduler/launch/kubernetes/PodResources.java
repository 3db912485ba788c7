package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.millrace.events.flow.FlowDocument.Resources;
import io.millrace.events.flow.Kubernetes;
import io.millrace.events.flow.Kubernetes.Qos;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.TreeMap;

/** What a step asks for, as requests and limits. */
final class PodResources {
  private static final BigDecimal HALF = new BigDecimal("0.5");

  private final KubernetesConfig config;
  private final Defaults defaults;

  PodResources(KubernetesConfig config, Defaults defaults) {
    this.config = config;
    this.defaults = defaults;
  }

  ResourceRequirements of(Plan plan) {
    Resources wanted = plan.order().resources();
    Kubernetes asked = plan.asked();
    var requests = new TreeMap<String, Quantity>();
    put(requests, "cpu", PodTemplate.or(wanted.cpu(), config.cpu().orElse(null)));
    put(requests, "memory", memory(wanted));
    put(requests, "ephemeral-storage", PodTemplate.or(wanted.disk(), defaults.disk().orElse(null)));
    boolean guaranteed = PodTemplate.or(asked.qos(), defaults.qos()) == Qos.GUARANTEED;
    var limits = guaranteed ? new TreeMap<>(requests) : new TreeMap<String, Quantity>();
    if (wanted.gpu() != null) {
      String vendor = PodTemplate.or(asked.gpuVendor(), config.gpuVendor());
      put(limits, vendor + ".com/gpu", wanted.gpu());
    }
    asked
        .extendedResources()
        .forEach(
            (name, amount) -> {
              put(requests, name, amount);
              put(limits, name, amount);
            });
    return new ResourceRequirementsBuilder().withRequests(requests).withLimits(limits).build();
  }

  private String memory(Resources wanted) {
    return PodTemplate.or(wanted.memory(), defaults.memory().orElse(null));
  }

  /** Half of the step's memory, in whole MiB; empty where it asks for none. */
  Optional<String> halfOfMemory(Resources wanted) {
    return Optional.ofNullable(memory(wanted))
        .map(text -> Quantity.getAmountInBytes(new Quantity(text)).multiply(HALF))
        .map(bytes -> Math.max(1, bytes.longValue() >> 20) + "Mi");
  }

  private static void put(TreeMap<String, Quantity> into, String name, String amount) {
    if (amount != null) {
      into.put(name, new Quantity(amount));
    }
  }
}
