package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.flow.FlowDocument.Container;
import io.millrace.events.flow.FlowDocument.Resources;
import io.millrace.events.flow.Kubernetes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A record of the orders topic: what the engine tells the launcher. It holds all that is needed to
 * carry it out; carrying it out twice is the same as once.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Order.Launch.class, name = "launch"),
  @JsonSubTypes.Type(value = Order.Cancel.class, name = "cancel"),
})
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public sealed interface Order {
  AttemptId of();

  /**
   * Start this attempt, unless it has been started or cancelled before.
   *
   * @param of the attempt
   * @param flow the definition that the step comes from
   * @param container what runs
   * @param resources what it asks for
   * @param kubernetes how it runs on Kubernetes; null where the step does not say
   * @param timeout of the attempt, from when it runs; null for none
   * @param inputs the parents' task ids in join order, as {@link TaskRanges}
   * @param item the foreach's item as JSON; null where a foreach has none
   * @param parameters of the run
   * @param gang members of the gang; 0 for a single process
   * @param userFailures how many earlier attempts ended by the step's own fault, not the platform's
   * @param fallback whether this is the attempt that runs when retries are used up
   * @param origins runs whose tasks may stand among the inputs, the nearest first
   * @param notAfter when the order is too old to be launched safely
   * @param triggeredBy the events that the run was started for
   */
  record Launch(
      AttemptId of,
      FlowRef flow,
      Container container,
      Resources resources,
      Kubernetes kubernetes,
      Duration timeout,
      List<String> inputs,
      @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode item,
      Map<String, JsonNode> parameters,
      int gang,
      int userFailures,
      boolean fallback,
      List<RunId> origins,
      Instant notAfter,
      List<TriggerEvent> triggeredBy)
      implements Order {
    public Launch {
      Required.field(of, "of");
      Required.field(flow, "flow");
      Required.field(container, "container");
      inputs = inputs == null ? List.of() : List.copyOf(inputs);
      parameters = parameters == null ? Map.of() : parameters;
      origins = origins == null ? List.of() : List.copyOf(origins);
      triggeredBy = triggeredBy == null ? List.of() : List.copyOf(triggeredBy);
    }

    /** The same order, too old from another time on. */
    public Launch withNotAfter(Instant time) {
      return new Launch(
          of,
          flow,
          container,
          resources,
          kubernetes,
          timeout,
          inputs,
          item,
          parameters,
          gang,
          userFailures,
          fallback,
          origins,
          time,
          triggeredBy);
    }
  }

  /**
   * Stop this attempt and see to it that it never starts again.
   *
   * @param of the attempt
   * @param cause what the attempt then ends as: cancelled, or timeout
   * @param place which object it is; null where the engine does not know the attempt any more
   */
  record Cancel(AttemptId of, Cause cause, Kubernetes.Place place) implements Order {
    public Cancel {
      Required.field(of, "of");
      Required.field(cause, "cause");
    }
  }
}
