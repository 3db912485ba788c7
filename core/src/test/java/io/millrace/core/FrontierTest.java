package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.CommandLog.Taken;
import io.millrace.core.EntityKey.StatusKey;
import io.millrace.core.graph.FlowGraph;
import io.millrace.core.graph.FrontierCheck;
import io.millrace.events.AttemptId;
import io.millrace.events.Command;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Frontier;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import io.millrace.events.RunId;
import io.millrace.events.StepName;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowDocuments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Frontiers as runs leave them, and with one place changed: what is accepted comes to its end. */
class FrontierTest {
  private static final int FLOWS = 1500;
  private static final int CHANGES = 12;

  private final long seed = Long.getLong("millrace.seed", System.nanoTime());
  private final SplittableRandom random = new SplittableRandom(seed);

  @Test
  void whatIsAcceptedComesToItsEnd() {
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < FLOWS; i++) {
      ObjectNode document = new RandomFlow(random, "f").document();
      ((ObjectNode) document.get("limits")).remove("maxParallelTasksOfFlow");
      var drive = new Drive(document);
      RunId origin = RunId.of("origin");
      drive.start(origin, null);
      drive.succeed(random.nextInt(15), random);
      Frontier frontier = drive.frontier(origin);
      if (drive.hasEnded(origin)) {
        continue;
      }
      assertThat(drive.problem(frontier)).as("-Dmillrace.seed=%d", seed).isEmpty();
      drive.end(random);
      for (int j = 0; j < CHANGES; j++) {
        Frontier changed = changed(frontier);
        if (changed == null || !drive.problem(changed).isEmpty()) {
          refused++;
          continue;
        }
        accepted++;
        RunId run = RunId.of("run-" + j);
        drive.start(run, changed);
        drive.end(random);
        assertThat(drive.result(run))
            .as("-Dmillrace.seed=%d: %s of %s", seed, Json.text(changed), document)
            .isEqualTo(RunState.Result.SUCCEEDED);
      }
    }
    assertThat(accepted).isGreaterThan(FLOWS / 20);
    assertThat(refused).isGreaterThan(FLOWS);
  }

  /** With one place changed; null when that can no longer be read. */
  private Frontier changed(Frontier frontier) {
    JsonNode tree = Json.tree(frontier);
    JsonNode at = tree;
    while (at.isContainerNode() && !at.isEmpty()) {
      int index = random.nextInt(at.size());
      var names = new ArrayList<String>();
      at.fieldNames().forEachRemaining(names::add);
      JsonNode inner = at.isArray() ? at.get(index) : at.get(names.get(index));
      if (inner.isContainerNode() && !inner.isEmpty() && random.nextInt(6) > 0) {
        at = inner;
        continue;
      }
      if (at instanceof ArrayNode array) {
        if (random.nextBoolean()) {
          array.remove(index);
        } else {
          array.add(inner.isTextual() ? array.textNode(near(inner.textValue())) : inner);
        }
      } else if (random.nextInt(4) == 0) {
        ((ObjectNode) at).remove(names.get(index));
      } else if (inner.isInt()) {
        ((ObjectNode) at).put(names.get(index), inner.intValue() + random.nextInt(-2, 3));
      } else {
        ((ObjectNode) at).put(names.get(index), near(inner.asText()));
      }
      break;
    }
    return Json.read(Json.write(tree), Frontier.class, "a frontier")
            instanceof Decoded.Understood<Frontier>(Frontier read)
        ? read
        : null;
  }

  private String near(String text) {
    char[] letters = text.toCharArray();
    for (int i = 0; i < letters.length; i++) {
      if (Character.isDigit(letters[i]) && random.nextBoolean()) {
        letters[i] = (char) ('0' + random.nextInt(10));
      }
    }
    return new String(letters);
  }

  /** Carries runs of one flow on; every attempt succeeds. */
  private static final class Drive {
    private final CommandLog log = new CommandLog(new State(0, 1), Position.START);
    private final FlowRef ref;
    private final FlowGraph graph;
    private final List<AttemptId> live = new ArrayList<>();
    private long offset;

    Drive(JsonNode document) {
      ref = FlowDocuments.ref(document);
      graph = FlowGraph.of(FlowDocumentReader.read(document));
      take(new Command.FlowDefined(ref, document));
    }

    void take(Command command) {
      Taken taken = log.take(offset++, Recording.BEGIN, Json.write(command));
      for (Order order : ((Taken.Decided) taken).decision().orders()) {
        live.add(order.of());
      }
    }

    void start(RunId run, Frontier frontier) {
      Map<String, JsonNode> parameters = Map.of("over", IntNode.valueOf(RandomFlow.PARAMETER));
      take(
          new Command.RunStart(run, ref, parameters, 0, List.of(), List.of(), frontier, List.of()));
    }

    void succeed(int most, SplittableRandom random) {
      for (int i = 0; i < most && !live.isEmpty(); i++) {
        AttemptId of = live.remove(random.nextInt(live.size()));
        take(new Observation.Succeeded(of, outcome(of, random)));
      }
    }

    void end(SplittableRandom random) {
      succeed(20_000, random);
    }

    private Outcome outcome(AttemptId of, SplittableRandom random) {
      StepName self = of.task().step();
      return switch (graph.step(self).next()) {
        case FlowDocument.Switch choice -> {
          List<StepName> others =
              choice.targets().stream().filter(target -> !target.equals(self)).toList();
          yield Outcome.taking(others.get(random.nextInt(others.size())));
        }
        case FlowDocument.Foreach foreach -> Outcome.splitting(2);
        case FlowDocument.Gang gang -> Outcome.gang(2);
        case FlowDocument.Linear linear -> Outcome.SUCCESS;
        case FlowDocument.Split split -> Outcome.SUCCESS;
        case FlowDocument.End end -> Outcome.SUCCESS;
      };
    }

    Frontier frontier(RunId run) {
      return Resumption.frontier(
          log.state().runs().keysOf(run).stream().map(log.state()::get).toList());
    }

    List<String> problem(Frontier frontier) {
      return FrontierCheck.problem(graph, frontier).stream().toList();
    }

    boolean hasEnded(RunId run) {
      return ((Entity.Status) log.state().get(new StatusKey(run))).state().isOver();
    }

    RunState.Result result(RunId run) {
      RunState state = ((Entity.Status) log.state().get(new StatusKey(run))).state();
      return state instanceof RunState.Ended ended ? ended.result() : null;
    }
  }
}
