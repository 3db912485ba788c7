package io.millrace.client.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.api.ApiClient;
import io.millrace.client.api.ApiException;
import io.millrace.client.request.ParameterValues;
import io.millrace.client.request.RunRequestTopic;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.events.api.RunView;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocumentReader;
import io.millrace.events.flow.FlowProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Asks for a run: on Kafka when brokers are given, else of the API. */
@Command(
    name = "run",
    sortOptions = false,
    description = {
      "Starts a run of a flow.",
      "With --brokers the request is published to Kafka, as any program can do; else the API is asked.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  millrace run word-count --param folder=/data/texts --follow",
      "  millrace run train --param config=@config.json --tag nightly --brokers kafka:9092",
    })
final class RunCommand implements Callable<Integer> {
  @ParentCommand private MillraceCommand root;

  @Parameters(paramLabel = "FLOW", description = "Its name, or name@sha256 for one definition.")
  private String flow;

  @Option(
      names = {"-p", "--param"},
      paramLabel = "NAME=VALUE",
      description = {
        "A parameter; may be repeated. The flow's types decide how the value is read; where the"
            + " flow is not at hand it is JSON if it can be, else a text. @file stands for a"
            + " file's content, @@ for a text that begins with @.",
      })
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(names = "--tag", paramLabel = "TAG", description = "For filters; may be repeated.")
  private List<String> tags = List.of();

  @Option(names = "--priority", paramLabel = "N", description = "Higher goes first.")
  private Integer priority;

  @Option(
      names = "--run",
      paramLabel = "ID",
      description = "The run's id. A run of this id that is there already is not started again.")
  private String id;

  @Option(
      names = {"-f", "--follow"},
      description = "Show progress until the run is over.")
  private boolean follow;

  @Option(
      names = "--brokers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers to publish the request to; several joined by commas.")
  private String brokers;

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "Of the installation's topics (default: none).")
  private String prefix;

  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "A properties file for the producer, such as for TLS and SASL.")
  private Path kafkaConfig;

  @Override
  public Integer call() {
    ApiClient api = root.api();
    RunId wish = id == null ? null : Names.run(id);
    Map<String, JsonNode> values = ParameterValues.read(parameters, definition(api));
    var request = new RunRequest(flow, values, wish, priority, tags, null);
    return brokers == null ? ask(api, request) : publish(api, request);
  }

  private int ask(ApiClient api, RunRequest request) {
    var answer = Names.ofFlow(root, api, flow, () -> api.run(request));
    RunId run = answer.value().run();
    started(run, answer.json());
    return follow
        ? Follow.run(
            root,
            api,
            run,
            "The server has accepted it; look at the scheduler's health, and at the run again with"
                + " 'millrace status "
                + run
                + "'.")
        : ExitCode.OK;
  }

  private int publish(ApiClient api, RunRequest request) {
    var topic = new RunRequestTopic(brokers, prefix, kafkaConfig, root.around().publishing());
    var identified = RunRequestTopic.Identified.of(request);
    topic.publish(identified);
    RunId run = identified.run();
    started(run, Json.text(new RunView.Accepted(run)));
    return follow
        ? Follow.run(
            root,
            api,
            run,
            "Its request is on topic %s. Either no scheduler reads that topic, or the request was refused: then the reason is on topic %smillrace.dead-letters."
                .formatted(topic.topic(), prefix))
        : ExitCode.OK;
  }

  private void started(RunId run, String json) {
    if (!follow) {
      root.say(root.json() ? json : run.value());
    } else if (!root.json()) {
      root.say("Run " + run);
    }
  }

  /** The flow as the server has it; empty when it cannot be asked now and need not be. */
  private Optional<FlowDocument> definition(ApiClient api) {
    try {
      JsonNode document =
          brokers == null
              ? Names.ofFlow(root, api, flow, () -> api.flow(flow)).value().document()
              : api.flow(flow).value().document();
      var problems = new ArrayList<FlowProblem>();
      FlowDocument read = document == null ? null : FlowDocumentReader.read(document, problems);
      return problems.isEmpty() ? Optional.ofNullable(read) : Optional.empty();
    } catch (ApiException refused) {
      if (brokers == null) {
        throw refused;
      }
      if (refused.isNotFound()) {
        root.notice(
            "The server does not know flow %s (yet); the request is published all the same."
                .formatted(flow));
      }
      return Optional.empty();
    }
  }
}
