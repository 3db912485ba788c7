package io.millrace.scheduler.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.Command;
import io.millrace.events.FlowRef;
import io.millrace.events.Frontier;
import io.millrace.events.Json;
import io.millrace.events.RunId;
import io.millrace.events.RunRequest;
import io.millrace.events.flow.FlowDocument;
import io.millrace.events.flow.FlowDocument.Parameter;
import io.millrace.events.flow.FlowProblem;
import io.millrace.scheduler.policy.FlowPolicy;
import io.millrace.scheduler.topics.CommandWriter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Decides whether a run may start as it was asked for, and starts it. */
@ApplicationScoped
public class Admission {
  /** Every order of the run carries them. */
  static final int MOST_PARAMETER_BYTES = 1 << 20;

  private final FlowCatalog catalog;
  private final Definitions definitions;
  private final CommandWriter writer;
  private final FlowPolicy policy;

  /** A definition may have been deployed under another policy; here it stays the same. */
  private final Map<FlowRef, List<FlowProblem>> judged = new ConcurrentHashMap<>();

  Admission(FlowCatalog catalog, Definitions definitions, CommandWriter writer, FlowPolicy policy) {
    this.catalog = catalog;
    this.definitions = definitions;
    this.writer = writer;
    this.policy = policy;
  }

  /** What came of a request. */
  public sealed interface Verdict {
    /** It can start as this. */
    record Admitted(Command.RunStart start) implements Verdict {}

    /** No flow is called so. */
    record UnknownFlow(String reason) implements Verdict {}

    /** The flow is known, and the rest of the request does not fit it. */
    record Unfit(String reason) implements Verdict {}
  }

  /** Judges a request. */
  public Uni<Verdict> judge(RunId run, RunRequest request) {
    if (request.flow() == null || request.flow().isBlank()) {
      return Uni.createFrom()
          .item(new Verdict.Unfit("the request has no 'flow'; expected a flow's name"));
    }
    return catalog
        .find(request.flow())
        .map(
            found ->
                found
                    .<Verdict>map(ref -> judge(run, request, ref))
                    .orElseGet(() -> unknown(request.flow())));
  }

  private Verdict unknown(String flow) {
    List<String> names = catalog.current().stream().map(FlowRef::name).limit(20).toList();
    return new Verdict.UnknownFlow(
        "no flow is called '%s'; %s"
            .formatted(
                flow,
                names.isEmpty()
                    ? "none is deployed yet: deploy it first"
                    : "deployed are " + String.join(", ", names)));
  }

  private Verdict judge(RunId run, RunRequest request, FlowRef ref) {
    FlowDocument document = catalog.document(ref);
    var problems = new ArrayList<String>();
    judged
        .computeIfAbsent(ref, known -> policy.problems(known, document))
        .forEach(problem -> problems.add(problem.toString()));
    Map<String, JsonNode> parameters = parameters(document, request.parameters(), problems);
    if (!problems.isEmpty()) {
      return new Verdict.Unfit(
          "flow %s cannot be run so: %s".formatted(ref.name(), String.join("; ", problems)));
    }
    int priority = request.priority() == null ? document.priority() : request.priority();
    return new Verdict.Admitted(
        new Command.RunStart(
            run,
            ref,
            parameters,
            priority,
            request.tags(),
            List.of(),
            null,
            request.triggeredBy()));
  }

  /**
   * A run's parameters: those that were given, and the defaults of the others.
   *
   * @param problems gets what is wrong with them, for people
   */
  public static Map<String, JsonNode> parameters(
      FlowDocument document, Map<String, JsonNode> given, List<String> problems) {
    var values = new TreeMap<String, JsonNode>();
    given.forEach(
        (name, value) -> {
          Parameter parameter = document.parameters().get(name);
          if (parameter == null) {
            problems.add(
                "it has no parameter '%s' (it has %s)"
                    .formatted(name, document.parameters().keySet()));
          } else if (value != null && !value.isNull() && !parameter.type().accepts(value)) {
            problems.add(
                "parameter '%s' is of type %s, found %s"
                    .formatted(name, parameter.type().text(), value));
          } else if (value != null && !value.isNull()) {
            values.put(name, value);
          }
        });
    document
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (!values.containsKey(name) && parameter.defaultValue() != null) {
                values.put(name, parameter.defaultValue());
              } else if (!values.containsKey(name) && parameter.required()) {
                problems.add(
                    "parameter '%s' of type %s is required and was not given"
                        .formatted(name, parameter.type().text()));
              }
            });
    int bytes = Json.write(values).length;
    if (bytes > MOST_PARAMETER_BYTES) {
      problems.add(
          "its parameters have %d bytes with their defaults, at most %d are taken; keep large data in files or objects and pass their names"
              .formatted(bytes, MOST_PARAMETER_BYTES));
    }
    return values;
  }

  /** Starts what was admitted; starting it again changes nothing. */
  public Uni<Void> start(Command.RunStart start) {
    String key = start.run().value();
    return definitions
        .define(writer.partition(key), start.flow())
        .chain(() -> writer.append(key, start));
  }

  /** Starts a run that goes on from where another one stopped. */
  public Uni<Void> resume(Command.RunStart former, RunId run, Frontier frontier) {
    var origins = new ArrayList<RunId>();
    origins.add(former.run());
    origins.addAll(former.origins());
    return start(
        new Command.RunStart(
            run,
            former.flow(),
            former.parameters(),
            former.priority(),
            former.tags(),
            origins,
            frontier,
            former.triggeredBy()));
  }
}
