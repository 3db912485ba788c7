package io.millrace.scheduler.launch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.flow.Kubernetes.Qos;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The configuration's texts, read once at the start, so that a mistake ends the start and not the
 * first step.
 *
 * @param tolerations null for none
 */
record Defaults(
    List<String> imagePullSecrets,
    Map<String, String> nodeSelector,
    JsonNode tolerations,
    Map<String, String> persistentVolumeClaims,
    List<String> secrets,
    Map<String, String> labels,
    Map<String, String> annotations,
    Optional<String> sharedMemory,
    Optional<String> memory,
    Optional<String> disk,
    Qos qos) {
  private static final Pattern BARE_NUMBER = Pattern.compile("\\d+(\\.\\d+)?");

  /**
   * @throws IllegalStateException when a setting cannot be read, with its name
   */
  static Defaults of(KubernetesConfig config) {
    return new Defaults(
        names("image-pull-secrets", config.imagePullSecrets()),
        pairs("node-selector", config.nodeSelector()),
        config.tolerations().map(text -> json("tolerations", text)).orElse(null),
        claims(config.persistentVolumeClaims()),
        names("secrets", config.secrets()),
        pairs("labels", config.labels()),
        pairs("annotations", config.annotations()),
        config.sharedMemory().map(text -> quantity(text, "Mi")),
        config.memory().map(text -> quantity(text, "M")),
        config.disk().map(text -> quantity(text, "M")),
        qos(config.qos()));
  }

  private static Qos qos(String text) {
    try {
      return Qos.parse(text);
    } catch (IllegalArgumentException other) {
      throw wrong("qos", "burstable or guaranteed", text);
    }
  }

  private static String quantity(String text, String unit) {
    return BARE_NUMBER.matcher(text).matches() ? text + unit : text;
  }

  private static List<String> names(String key, Optional<String> text) {
    var names = new ArrayList<String>();
    String given = text.orElse("").strip();
    if (given.startsWith("[")) {
      json(key, given).forEach(name -> names.add(name.asText()));
    } else {
      for (String name : given.split(",")) {
        if (!name.isBlank()) {
          names.add(name.strip());
        }
      }
    }
    return List.copyOf(names);
  }

  private static Map<String, String> pairs(String key, Optional<String> text) {
    var pairs = new TreeMap<String, String>();
    for (String pair : text.orElse("").split(",")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      } else if (!pair.isBlank()) {
        throw wrong(key, "a=b,c=d", pair);
      }
    }
    return pairs;
  }

  private static Map<String, String> claims(Optional<String> text) {
    var claims = new TreeMap<String, String>();
    text.ifPresent(
        given ->
            json("persistent-volume-claims", given)
                .properties()
                .forEach(claim -> claims.put(claim.getKey(), claim.getValue().asText())));
    return claims;
  }

  private static JsonNode json(String key, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return switch (Json.read(bytes, JsonNode.class, key)) {
      case Decoded.Understood<JsonNode>(JsonNode tree) -> tree;
      case Decoded.NotUnderstood<JsonNode> not -> throw wrong(key, "JSON", text);
    };
  }

  private static IllegalStateException wrong(String key, String expected, String found) {
    return new IllegalStateException(
        "millrace.kubernetes.%s: expected %s, found '%s'".formatted(key, expected, found));
  }
}
