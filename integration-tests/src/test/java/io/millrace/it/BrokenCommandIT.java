package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.client.audit.SkipCommand;
import io.millrace.events.Decoded;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.api.FlowView;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A command that the engine cannot decide holds its partition, and only that one, until an operator
 * passes over it. Provoked by taking a flow out of a checkpoint, which no program of ours does.
 */
class BrokenCommandIT {
  private static final Pattern WHERE = Pattern.compile("offset (\\d+) of partition (\\d+)");

  @TempDir Path folder;
  private Installation installation;

  @BeforeEach
  void install() {
    installation = new Installation(folder);
    installation.start("one");
  }

  @AfterEach
  void remove() {
    installation.close();
  }

  @Test
  void holdsItsPartitionUntilAnOperatorPassesOverIt() throws Exception {
    Path gate = folder.resolve("gate");
    String flow =
        """
        name: held
        parameters: {gate: {type: string}}
        steps:
          - name: start
            container: {command: [sh, -c, 'mkfifo $MILLRACE_PARAM_GATE; read line < $MILLRACE_PARAM_GATE']}
        """;
    String deployed = installation.post("one", "/api/v1/flows", flow).body();
    RunId run =
        installation.publish("held", "held", Map.of("gate", TextNode.valueOf(gate.toString())));
    await(installation.events().event("task.running", run + "/start/0"));
    installation.stop("one");
    takeOutOfTheState(deployed, run);

    installation.start("one");
    Process writer = new ProcessBuilder("sh", "-c", "echo go > " + gate).start();
    await(writer.onExit());
    Matcher where = awaitTrouble();

    assertThat(skip(where.group(2), where.group(1))).isZero();
    RunId other = afterwards(run);

    assertThat(await(installation.events().end(other))).isEqualTo("succeeded");
    assertThat(installation.get("one", "/q/health/ready").statusCode()).isEqualTo(200);
  }

  private void takeOutOfTheState(String deployed, RunId run) {
    if (!(Json.read(bytes(deployed), FlowView.Deployed.class, "a deployment")
        instanceof Decoded.Understood<FlowView.Deployed>(FlowView.Deployed of))) {
      throw new AssertionError(deployed);
    }
    installation.send(
        new ProducerRecord<>("millrace.state", partition(run), bytes("flow/" + of.ref()), null));
  }

  private static int partition(RunId run) {
    return Utils.toPositive(Utils.murmur2(bytes(run.value()))) % 3;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The health check says it as soon as the loop has met the command. */
  private Matcher awaitTrouble() throws InterruptedException {
    long deadline = System.nanoTime() + Installation.PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      var health = installation.get("one", "/q/health/ready");
      Matcher where = WHERE.matcher(health.body());
      if (health.statusCode() == 503 && where.find()) {
        return where;
      }
    }
    throw new AssertionError("the replica stayed ready\n" + installation.said());
  }

  private int skip(String partition, String offset) {
    var said = new StringWriter();
    return new CommandLine(new SkipCommand())
        .setOut(new PrintWriter(said))
        .setErr(new PrintWriter(said))
        .execute(partition, offset, "--reason", "a test", "--brokers", installation.brokers());
  }

  /** A run in the same partition, which was held up. */
  private RunId afterwards(RunId held) {
    installation.post("one", "/api/v1/flows", new Starts(folder).flow("after", 3, 0));
    for (int i = 0; ; i++) {
      RunId run = RunId.derived("test", "after-" + i);
      if (partition(run) == partition(held)) {
        return installation.publish("after-" + i, "after", Map.of());
      }
    }
  }
}
