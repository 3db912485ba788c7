package io.millrace.core;

import io.millrace.events.FlowRef;
import io.millrace.events.RunId;
import io.millrace.events.flow.FlowDocuments;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A run of a world.
 *
 * @param reference what it evaluates to
 * @param from the run that it goes on from; null for a fresh one
 */
record Plan(RunId run, RandomFlow flow, FlowRef ref, Fate fate, Reference reference, RunId from) {

  /** A few runs of a few flows. */
  static List<Plan> some(SplittableRandom random, boolean calm) {
    var plans = new ArrayList<Plan>();
    int flows = random.nextInt(1, 3);
    for (int i = 0; i < flows; i++) {
      var flow = new RandomFlow(random, "flow" + i);
      if (!calm) {
        flow.withTimeouts();
      }
      FlowRef ref = FlowDocuments.ref(flow.document());
      for (int j = random.nextInt(1, 4); j > 0; j--) {
        var fate = new Fate(random.nextLong(), 10 * random.nextInt(3));
        RunId run = RunId.of("run-" + i + "-" + j);
        plans.add(new Plan(run, flow, ref, fate, new Reference(flow, fate), null));
      }
    }
    return plans;
  }
}
