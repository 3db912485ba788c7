package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.events.flow.Kubernetes.Kind;
import io.millrace.events.flow.Kubernetes.Qos;
import io.millrace.events.flow.Kubernetes.Tmpfs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads a step's {@code kubernetes} section. */
final class KubernetesReader {
  private static final int LAST_PORT = 65_535;

  private final Fields fields;

  private KubernetesReader(Fields fields) {
    this.fields = fields;
  }

  static Kubernetes read(Fields fields) {
    Kubernetes section = new KubernetesReader(fields).section();
    fields.nothingElse();
    return section;
  }

  private Kubernetes section() {
    return new Kubernetes(
        choice("kind", Kind.values()),
        imagePullPolicy(),
        fields.texts("imagePullSecrets"),
        fields.text("gpuVendor", null),
        quantities("extendedResources"),
        choice("qos", Qos.values()),
        quantity(fields, "sharedMemory"),
        fields.has("tmpfs") ? tmpfs(fields.object("tmpfs")) : null,
        texts("nodeSelector"),
        list("tolerations"),
        object("affinity"),
        list("topologySpread"),
        texts("persistentVolumeClaims"),
        fields.texts("configMaps"),
        fields.texts("secrets"),
        envFromFields(),
        ports(),
        texts("labels"),
        texts("annotations"),
        fields.text("serviceAccount", null),
        fields.text("namespace", null),
        object("securityContext"),
        fields.text("priorityClass", null),
        fields.text("runtimeClass", null),
        fields.duration("activeDeadline", null),
        fields.duration("ttl", null),
        fields.duration("terminationGrace", null),
        podPatch());
  }

  private <T> T choice(String field, T[] values) {
    String text = fields.text(field, null);
    if (text == null) {
      return null;
    }
    for (T value : values) {
      if (value.toString().equals(text)) {
        return value;
      }
    }
    fields.wrong(field, "expected %s, found '%s'".formatted(alternatives(values), text));
    return null;
  }

  private static String alternatives(Object[] values) {
    return Stream.of(values).map(Object::toString).collect(Collectors.joining(" or "));
  }

  private String imagePullPolicy() {
    String text = fields.text("imagePullPolicy", null);
    if (text != null && !List.of("Always", "IfNotPresent", "Never").contains(text)) {
      fields.wrong(
          "imagePullPolicy", "expected Always, IfNotPresent or Never, found '%s'".formatted(text));
    }
    return text;
  }

  private static String quantity(Fields of, String field) {
    String text = of.text(field, null);
    Quantities.check(of, field, text);
    return text;
  }

  private Map<String, String> quantities(String field) {
    Map<String, String> result = texts(field);
    result.forEach((name, value) -> Quantities.check(fields, field + "." + name, value));
    return result;
  }

  private static Tmpfs tmpfs(Fields fields) {
    var result = new Tmpfs(quantity(fields, "size"), fields.text("path", null));
    fields.nothingElse();
    return result;
  }

  private Map<String, String> texts(String field) {
    var result = new TreeMap<String, String>();
    JsonNode value = fields.at(field);
    if (!value.isMissingNode() && !value.isObject()) {
      fields.wrong(field, "expected an object of names and texts, found " + Fields.kind(value));
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
        result.put(entry.getKey(), entry.getValue().asText());
      } else {
        fields.wrong(
            field + "." + entry.getKey(),
            "expected a text, found " + Fields.kind(entry.getValue()));
      }
    }
    return result;
  }

  private Map<String, String> envFromFields() {
    Map<String, String> result = texts("envFromFields");
    for (String name : result.keySet()) {
      if (name.startsWith("MILLRACE_")) {
        fields.wrong("envFromFields." + name, "names that start with MILLRACE_ are Millrace's own");
      }
    }
    return result;
  }

  private List<Integer> ports() {
    JsonNode value = fields.at("ports");
    var result = new ArrayList<Integer>();
    if (!value.isArray() && !value.isMissingNode()) {
      fields.wrong("ports", "expected a list of numbers, found " + Fields.kind(value));
    }
    for (JsonNode port : value.isArray() ? value : MissingNode.getInstance()) {
      if (port.isInt() && port.intValue() > 0 && port.intValue() <= LAST_PORT) {
        result.add(port.intValue());
      } else {
        fields.wrong("ports", "expected numbers from 1 to %d, found %s".formatted(LAST_PORT, port));
      }
    }
    return result;
  }

  private JsonNode list(String field) {
    JsonNode value = fields.at(field);
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isArray()) {
      fields.wrong(field, "expected a list, found " + Fields.kind(value));
      return null;
    }
    return FlowDocuments.canonical(value);
  }

  /** No more than the parts that a flow may add to its pod; the step's container is its own. */
  private JsonNode podPatch() {
    JsonNode patch = object("podPatch");
    Fields parts = fields.object("podPatch");
    for (String part : List.of("initContainers", "containers", "volumes")) {
      if (parts.has(part) && !parts.at(part).isArray()) {
        parts.wrong(part, "expected a list, found " + Fields.kind(parts.at(part)));
      }
    }
    parts.nothingElse();
    return patch;
  }

  private JsonNode object(String field) {
    JsonNode value = fields.at(field);
    if (value.isMissingNode()) {
      return null;
    }
    if (!value.isObject()) {
      fields.wrong(field, "expected an object, found " + Fields.kind(value));
      return null;
    }
    return FlowDocuments.canonical(value);
  }
}
