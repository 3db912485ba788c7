package io.millrace.scheduler.launch.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.millrace.events.Json;
import io.millrace.events.Order;
import io.millrace.scheduler.launch.OrderVariables;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a step's container sees of its order. Linux bounds one variable to 128 KiB and etcd an
 * object to 1.5 MiB: orders that go beyond are refused.
 */
final class PodEnvironment {
  /** The most bytes of one value. */
  static final int LONGEST = 100 * 1024;

  /** The most bytes of all values. */
  static final int MOST = 1024 * 1024;

  private static final String OUTCOME_FILE = "/dev/termination-log";

  private final Map<String, String> everywhere;
  private final Optional<String> data;

  /**
   * @param everywhere variables of every step
   * @param data the address below which tasks have their folders; empty where pods can reach none
   */
  PodEnvironment(Map<String, String> everywhere, Optional<String> data) {
    this.everywhere = everywhere;
    this.data = data;
  }

  /**
   * The variables of an order's container. What Millrace says goes before what the step says, and
   * that before what the configuration says.
   *
   * @throws RefusedOrderException when they are too long
   */
  List<EnvVar> of(Plan plan) {
    Order.Launch order = plan.order();
    var texts = new LinkedHashMap<String, String>(everywhere);
    if (order.container().env() != null) {
      texts.putAll(order.container().env());
    }
    texts.putAll(OrderVariables.identity(order));
    texts.put("MILLRACE_INPUTS", String.join(",", order.inputs()));
    for (Map.Entry<String, JsonNode> parameter : order.parameters().entrySet()) {
      String name = "MILLRACE_PARAM_" + parameter.getKey().toUpperCase(Locale.ROOT);
      texts.put(name, text(parameter.getValue()));
    }
    if (order.item() != null) {
      texts.put("MILLRACE_ITEM", text(order.item()));
    }
    texts.put("MILLRACE_OUTCOME_FILE", OUTCOME_FILE);
    data.ifPresent(
        address -> texts.put("MILLRACE_DATA_URI", address + "/" + TaskFolders.of(order.of())));
    check(plan, texts);
    var variables = new LinkedHashMap<String, EnvVar>();
    texts.forEach((name, value) -> variables.put(name, variable(name, value)));
    plan.asked()
        .envFromFields()
        .forEach((name, path) -> variables.put(name, fromField(name, path)));
    return new ArrayList<>(variables.values());
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : Json.text(value);
  }

  private static void check(Plan plan, Map<String, String> texts) {
    long all = 0;
    for (Map.Entry<String, String> entry : texts.entrySet()) {
      int bytes = entry.getValue().getBytes(StandardCharsets.UTF_8).length;
      all += bytes;
      if (bytes > LONGEST) {
        throw new RefusedOrderException(
            "step %s: variable %s has %d bytes, on Kubernetes at most %d are taken; pass the address of large values"
                .formatted(plan.order().of().task().step(), entry.getKey(), bytes, LONGEST));
      }
      if (entry.getValue().indexOf('\0') >= 0) {
        throw new RefusedOrderException(
            "step %s: variable %s holds a NUL character, which no environment can"
                .formatted(plan.order().of().task().step(), entry.getKey()));
      }
    }
    if (all > MOST) {
      throw new RefusedOrderException(
          "step %s: its variables have %d bytes in all, on Kubernetes at most %d are taken; pass the address of large values"
              .formatted(plan.order().of().task().step(), all, MOST));
    }
  }

  /** A variable whose value arrives as it is here. */
  static EnvVar variable(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(literal(value)).build();
  }

  /** A variable that holds a field of the pod. */
  static EnvVar fromField(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  /**
   * A text that comes through Kubernetes' expansion of {@code $(NAME)} and {@code $$} unchanged: a
   * parameter or a script means the same here as on every other executor.
   */
  static String literal(String text) {
    var result = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean special =
          c == '$'
              && i + 1 < text.length()
              && (text.charAt(i + 1) == '$' || text.charAt(i + 1) == '(');
      result.append(special ? "$$" : String.valueOf(c));
    }
    return result.toString();
  }
}
