package io.millrace.scheduler.launch.kubernetes;

import io.millrace.events.AttemptId;
import io.millrace.events.FlowRef;
import io.millrace.events.Order;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Gang;
import io.millrace.events.flow.FlowDocument.Step;
import io.millrace.events.flow.FlowProblem;
import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.ExecutorKind;
import io.millrace.scheduler.policy.FlowPolicy;
import io.millrace.scheduler.policy.Policy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the object of each of a flow's steps, as a launch would, and throws it away: so that an
 * author hears at once what a launch would refuse.
 */
@ApplicationScoped
class DryRun implements FlowPolicy {
  private final Optional<Objects> objects;

  @Inject
  DryRun(SchedulerConfig config, KubernetesConfig settings, Policy policy) {
    this(
        config.executor() == ExecutorKind.KUBERNETES
            ? Optional.of(Objects.of(settings, Optional.empty(), policy))
            : Optional.empty());
  }

  /**
   * @param objects empty where steps are no objects of a Kubernetes
   */
  DryRun(Optional<Objects> objects) {
    this.objects = objects;
  }

  @Override
  public List<FlowProblem> problems(FlowRef ref, FlowDocument document) {
    var problems = new ArrayList<FlowProblem>();
    objects.ifPresent(
        made -> {
          Map<StepName, Integer> gangs = gangs(document);
          List<Step> steps = document.steps();
          for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            try {
              made.of(
                  made.plan(order(ref, step, gangs.getOrDefault(step.name(), 0))), Instant.EPOCH);
            } catch (RefusedOrderException refused) {
              String where = "steps[%d] (%s)".formatted(i, step.name());
              problems.add(new FlowProblem(where, refused.getMessage()));
            }
          }
        });
    return List.copyOf(problems);
  }

  /** The sizes of gangs; one whose size is told by an outcome only is judged as one of a single. */
  private static Map<StepName, Integer> gangs(FlowDocument document) {
    var sizes = new HashMap<StepName, Integer>();
    for (Step step : document.steps()) {
      if (step.next() instanceof Gang(StepName to, int size)) {
        sizes.merge(to, Math.max(1, size), Math::max);
      }
    }
    return sizes;
  }

  private static Order.Launch order(FlowRef ref, Step step, int gang) {
    return new Order.Launch(
        AttemptId.parse("run/" + step.name() + "/0"),
        ref,
        step.container(),
        step.resources(),
        step.kubernetes(),
        step.timeout(),
        List.of(),
        null,
        Map.of(),
        gang,
        0,
        false,
        List.of(),
        null,
        List.of());
  }
}
