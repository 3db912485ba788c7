package io.millrace.events.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.StepName;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A flow's definition: a graph of steps. Read by {@link FlowDocumentReader} from YAML or JSON;
 * {@link FlowDocuments} gives its canonical form and its content address.
 *
 * @param name the flow's name
 * @param description for people; empty when there is none
 * @param parameters by name, in the order of the document
 * @param start the first step
 * @param steps in the order of the document, at least one
 * @param limits of each run, and of all runs of this flow together
 * @param priority of runs that name none; higher goes first
 * @param triggers what starts runs by itself
 * @param announce under which names its successes are events; null for {@code millrace.} and its
 *     name
 */
public record FlowDocument(
    String name,
    String description,
    Map<String, Parameter> parameters,
    StepName start,
    List<Step> steps,
    Limits limits,
    int priority,
    Triggers triggers,
    Announce announce) {

  /** What the names of the events start with that the flow's successes are. */
  public String announcedAs() {
    return announce == null ? "millrace." + name : announce.prefix();
  }

  /** The type of a parameter's value. */
  public enum Type {
    STRING,
    INTEGER,
    NUMBER,
    BOOLEAN,
    /** Any JSON value. */
    JSON;

    /** Whether a value is of this type. */
    public boolean accepts(JsonNode value) {
      return switch (this) {
        case STRING -> value.isTextual();
        case INTEGER -> value.isIntegralNumber();
        case NUMBER -> value.isNumber();
        case BOOLEAN -> value.isBoolean();
        case JSON -> true;
      };
    }

    /** As documents write it. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * A value that each run may set.
   *
   * @param type of the value
   * @param defaultValue taken by a run that gives none; null when there is none
   * @param required whether a run must give it
   * @param description for people; empty when there is none
   */
  public record Parameter(Type type, JsonNode defaultValue, boolean required, String description) {}

  /**
   * A node of the graph.
   *
   * @param name unique in the flow
   * @param join whether it runs once for all branches of the split, foreach or gang that it closes
   * @param container what runs
   * @param resources what it asks for
   * @param kubernetes how it runs on Kubernetes; null where the step does not say
   * @param retry what is tried again
   * @param timeout of one attempt, from when it runs; null for none
   * @param fallback what runs when all retries are used up; null for none
   * @param next where the run goes on
   */
  public record Step(
      StepName name,
      boolean join,
      Container container,
      Resources resources,
      Kubernetes kubernetes,
      Retry retry,
      Duration timeout,
      Fallback fallback,
      Next next) {}

  /**
   * What runs.
   *
   * @param image the container image; null in flows for the process executor only
   * @param command replaces the image's entry point; may be empty where an image is given
   * @param args follow the command
   * @param env added to the environment
   * @param workingDir where it starts; null for the image's own, or the task's folder for processes
   */
  public record Container(
      String image,
      List<String> command,
      List<String> args,
      Map<String, String> env,
      String workingDir) {}

  /**
   * Requests of one container, as Kubernetes quantities; null where the flow asks for nothing.
   *
   * @param cpu cores, such as {@code 0.5} or {@code 500m}
   * @param memory bytes, such as {@code 512M}
   * @param disk ephemeral storage, in bytes
   * @param gpu number of devices
   */
  public record Resources(String cpu, String memory, String disk, String gpu) {
    public static final Resources NONE = new Resources(null, null, null, null);
  }

  /**
   * What is tried again, by whose failure it was.
   *
   * @param user how many failures of the step's own are tried again
   * @param infrastructure how many failures of the platform are tried again
   * @param delay before the first retry; doubled for each further one
   * @param maxDelay the longest delay
   * @param neverOnExitCodes exit codes of the step that are final
   * @param maxAttempts bound on attempts of all kinds together
   */
  public record Retry(
      int user,
      int infrastructure,
      Duration delay,
      Duration maxDelay,
      List<Integer> neverOnExitCodes,
      int maxAttempts) {
    public static final Retry DEFAULT =
        new Retry(0, 3, Duration.ofSeconds(1), Duration.ofMinutes(5), List.of(), 1000);
  }

  /**
   * An attempt that runs when retries are used up, so that the run can go on: Metaflow's
   * {@code @catch}. It is told so by {@code MILLRACE_FALLBACK=1}.
   *
   * @param command run instead of the step's own; empty for the step's own
   * @param args follow the command
   * @param attempts how often the fallback itself is tried
   */
  public record Fallback(List<String> command, List<String> args, int attempts) {}

  /**
   * Bounds.
   *
   * @param maxParallelTasks of one run
   * @param maxParallelTasksOfFlow of all runs of this flow's name together; 0 for no bound
   * @param runTimeout from a run's start; null for none
   */
  public record Limits(int maxParallelTasks, int maxParallelTasksOfFlow, Duration runTimeout) {
    public static final Limits DEFAULT = new Limits(100, 0, null);
  }

  /** Where a run goes on after a step. */
  public sealed interface Next {
    /** The steps that may follow directly, in the document's order. */
    List<StepName> targets();
  }

  /** The run, or this path through it, ends. */
  public record End() implements Next {
    @Override
    public List<StepName> targets() {
      return List.of();
    }
  }

  /** One step follows. */
  public record Linear(StepName to) implements Next {
    @Override
    public List<StepName> targets() {
      return List.of(to);
    }
  }

  /** All of these follow, in parallel. */
  public record Split(List<StepName> targets) implements Next {}

  /** One step follows, many times in parallel. */
  public record Foreach(StepName body, Over over) implements Next {
    @Override
    public List<StepName> targets() {
      return List.of(body);
    }
  }

  /** The step's outcome says which of these follows; one may be the step itself: a recursion. */
  public record Switch(List<StepName> targets) implements Next {}

  /**
   * One step follows, as a gang.
   *
   * @param size how many members; 0 when the outcome says it
   */
  public record Gang(StepName to, int size) implements Next {
    @Override
    public List<StepName> targets() {
      return List.of(to);
    }
  }

  /** Where the size of a foreach comes from. */
  public sealed interface Over {}

  /** The step's outcome says it. */
  public record OverOutcome() implements Over {}

  /** A parameter says it: an integer is the size, a JSON array gives the items. */
  public record OverParameter(String parameter) implements Over {}

  /** The document lists the items. */
  public record OverItems(List<JsonNode> items) implements Over {}
}
