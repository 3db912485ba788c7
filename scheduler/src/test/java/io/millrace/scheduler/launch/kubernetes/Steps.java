package io.millrace.scheduler.launch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.AttemptId;
import io.millrace.events.FlowRef;
import io.millrace.events.Order;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import io.millrace.scheduler.policy.Policy;
import io.millrace.scheduler.policy.PolicyConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Orders and factories for tests, from steps as their authors write them. */
final class Steps {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final Instant LATER = NOW.plusSeconds(900);
  static final FlowRef FLOW = new FlowRef("weather", "0".repeat(64));
  static final String IMAGE = "{name: fit, container: {image: busybox}";

  private Steps() {}

  /** A step with an image and what follows. */
  static Order.Launch step(String rest) {
    return order(IMAGE + (rest.isEmpty() ? "" : ", " + rest) + "}", 0, Map.of());
  }

  /** A step's kubernetes section. */
  static Order.Launch kubernetes(String section) {
    return step("kubernetes: " + section);
  }

  static Order.Launch order(String yaml, int gang, Map<String, JsonNode> parameters) {
    Step step =
        FlowDocumentReader.read(FlowDocuments.parse("{name: weather, steps: [" + yaml + "]}"))
            .steps()
            .getFirst();
    return new Order.Launch(
        AttemptId.parse("run-1/" + step.name() + "-3/2"),
        FLOW,
        step.container(),
        step.resources(),
        step.kubernetes(),
        step.timeout(),
        List.of("start", "load-[0..3]"),
        null,
        parameters,
        gang,
        0,
        false,
        List.of(),
        LATER,
        List.of());
  }

  /** The configuration with some keys set, {@code millrace.kubernetes.} left out. */
  static KubernetesConfig config(String... keysAndValues) {
    var values = new HashMap<String, String>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String key = keysAndValues[i];
      values.put(
          key.startsWith("METAFLOW_") ? key : "millrace.kubernetes." + key, keysAndValues[i + 1]);
    }
    return new SmallRyeConfigBuilder()
        .addDiscoveredConverters()
        .addDefaultInterceptors()
        .withMapping(KubernetesConfig.class)
        .withDefaultValues(values)
        .build()
        .getConfigMapping(KubernetesConfig.class);
  }

  static Objects objects(String... keysAndValues) {
    return objects(policy(), keysAndValues);
  }

  static Objects objects(Policy policy, String... keysAndValues) {
    return Objects.of(config(keysAndValues), Optional.of("s3://bucket/millrace/data"), policy);
  }

  /** The policy with some keys set, {@code millrace.policy.} left out. */
  static Policy policy(String... keysAndValues) {
    var values = new HashMap<String, String>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      values.put("millrace.policy." + keysAndValues[i], keysAndValues[i + 1]);
    }
    return new Policy(
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withMapping(PolicyConfig.class)
            .withDefaultValues(values)
            .build()
            .getConfigMapping(PolicyConfig.class));
  }
}
