package io.millrace.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.events.flow.Triggers;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A record of the commands topic: the engine's only input, and the truth. Everything that may
 * influence a decision is one of these.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(value = Command.FlowDefined.class, name = "flow-defined"),
  @Type(value = Command.RunStart.class, name = "run-start"),
  @Type(value = Command.RunCancel.class, name = "run-cancel"),
  @Type(value = Command.RunSuspend.class, name = "run-suspend"),
  @Type(value = Command.RunResume.class, name = "run-resume"),
  @Type(value = Command.RunArchived.class, name = "run-archived"),
  @Type(value = Command.TimerFired.class, name = "timer-fired"),
  @Type(value = Command.SettingChanged.class, name = "setting-changed"),
  @Type(value = Command.BehaviourSet.class, name = "behaviour-set"),
  @Type(value = Command.CommandSkipped.class, name = "command-skipped"),
  @Type(value = Command.PermitsDemanded.class, name = "permits-demanded"),
  @Type(value = Command.PermitsGranted.class, name = "permits-granted"),
  @Type(value = Command.TriggersSet.class, name = "triggers-set"),
  @Type(value = Command.TriggersRemoved.class, name = "triggers-removed"),
  @Type(value = Command.EventArrived.class, name = "event-arrived"),
  @Type(value = Observation.Launched.class, name = "launched"),
  @Type(value = Observation.Rejected.class, name = "rejected"),
  @Type(value = Observation.Deferred.class, name = "deferred"),
  @Type(value = Observation.Expired.class, name = "expired"),
  @Type(value = Observation.Pending.class, name = "pending"),
  @Type(value = Observation.Running.class, name = "running"),
  @Type(value = Observation.Succeeded.class, name = "succeeded"),
  @Type(value = Observation.Failed.class, name = "failed"),
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface Command
    permits Command.FlowDefined,
        Command.RunStart,
        Command.RunCancel,
        Command.RunSuspend,
        Command.RunResume,
        Command.RunArchived,
        Command.TimerFired,
        Command.SettingChanged,
        Command.BehaviourSet,
        Command.CommandSkipped,
        Command.PermitsDemanded,
        Command.PermitsGranted,
        Command.TriggersSet,
        Command.TriggersRemoved,
        Command.EventArrived,
        Observation {

  /**
   * Puts a definition into a partition, before the first start there that needs it. Written to a
   * partition explicitly.
   *
   * @param ref the content address
   * @param document the definition, canonical
   */
  record FlowDefined(FlowRef ref, JsonNode document) implements Command {
    public FlowDefined {
      Required.field(ref, "ref");
      Required.field(document, "document");
    }
  }

  /**
   * Starts a run; without effect when the run is known already.
   *
   * @param run the run
   * @param flow its definition
   * @param parameters every parameter of the flow that has a value, defaults applied
   * @param priority higher goes first
   * @param tags for people and filters; may be empty
   * @param origins runs whose results this run goes on from, the nearest first; empty for a fresh
   *     run
   * @param frontier where to go on; null for a fresh run
   * @param triggeredBy the events that it is started for; empty where somebody asked for it
   */
  record RunStart(
      RunId run,
      FlowRef flow,
      Map<String, JsonNode> parameters,
      int priority,
      List<String> tags,
      List<RunId> origins,
      Frontier frontier,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<TriggerEvent> triggeredBy)
      implements Command {
    public RunStart {
      Required.field(run, "run");
      Required.field(flow, "flow");
      parameters = parameters == null ? Map.of() : parameters;
      tags = tags == null ? List.of() : List.copyOf(tags);
      origins = origins == null ? List.of() : List.copyOf(origins);
      triggeredBy = triggeredBy == null ? List.of() : List.copyOf(triggeredBy);
    }
  }

  /** Ends a run as cancelled and stops what runs of it. */
  record RunCancel(RunId run, String reason) implements Command {
    public RunCancel {
      Required.field(run, "run");
    }
  }

  /** Launches nothing more of a run until it is resumed; what runs goes on. */
  record RunSuspend(RunId run) implements Command {
    public RunSuspend {
      Required.field(run, "run");
    }
  }

  /** Takes a suspension back. */
  record RunResume(RunId run) implements Command {
    public RunResume {
      Required.field(run, "run");
    }
  }

  /** A finished run is kept elsewhere: its tasks may leave the state. */
  record RunArchived(RunId run) implements Command {
    public RunArchived {
      Required.field(run, "run");
    }
  }

  /**
   * A deadline has passed.
   *
   * @param entity the entity whose deadline it is
   * @param deadline the very deadline; another one there means that this one was withdrawn
   */
  record TimerFired(String entity, Instant deadline) implements Command {
    public TimerFired {
      Required.field(entity, "entity");
      Required.field(deadline, "deadline");
    }
  }

  /**
   * Changes what the engine decides by. Written to every partition.
   *
   * @param name such as {@code max-parallel-tasks}
   * @param value 0 means no bound
   */
  record SettingChanged(String name, long value) implements Command {
    public SettingChanged {
      Required.field(name, "name");
    }
  }

  /** From here on commands are decided by this version of the rules. Written to every partition. */
  record BehaviourSet(int version) implements Command {
    public BehaviourSet {
      Required.within(version, 1, Integer.MAX_VALUE, "version");
    }
  }

  /**
   * An operator's word that the command at an offset of this partition, which breaks the engine, is
   * to be passed over.
   */
  record CommandSkipped(long offset, String reason) implements Command {}

  /**
   * A partition's word to a limit that spans partitions.
   *
   * @param limit the limit's name
   * @param partition who asks
   * @param sequence grows with each demand of that partition
   * @param held the permits that it keeps of those it had: the rest is given back
   * @param want the permits that it could use, those held included
   * @param total the bound, as the asking partition knows it
   */
  record PermitsDemanded(String limit, int partition, long sequence, int held, int want, int total)
      implements Command {
    /** The most permits that a limit may have. */
    public static final int MOST = 1_000_000;

    public PermitsDemanded {
      Required.limit(limit);
      Required.within(partition, 0, Integer.MAX_VALUE, "partition");
      Required.within(total, 0, MOST, "total");
      Required.within(want, 0, MOST, "want");
      Required.within(held, 0, MOST, "held");
    }
  }

  /**
   * A limit's answer. Written to the asking partition.
   *
   * @param limit the limit's name
   * @param partition who asked
   * @param sequence of the demand that it answers
   * @param version grows with each answer to that demand
   * @param allowance the permits that the partition may use from now on, in all
   * @param counted what the ledger counts as held there, until the partition demands anew: more
   *     than the allowance when some are called back
   */
  record PermitsGranted(
      String limit, int partition, long sequence, int version, int allowance, int counted)
      implements Command {
    public PermitsGranted {
      Required.limit(limit);
      Required.within(partition, 0, Integer.MAX_VALUE, "partition");
      Required.within(allowance, 0, PermitsDemanded.MOST, "allowance");
      Required.within(counted, allowance, PermitsDemanded.MOST, "counted");
    }
  }

  /**
   * From now on runs of a flow start by themselves. Its entity is the flow's name.
   *
   * @param flow the definition that is current
   * @param version where the deployment stands in the flows topic: what is older than another one
   *     that has come has no effect
   * @param triggers what starts runs
   */
  record TriggersSet(FlowRef flow, long version, Triggers triggers) implements Command {
    public TriggersSet {
      Required.field(flow, "flow");
      Required.field(triggers, "triggers");
    }
  }

  /**
   * Nothing starts runs of a flow by itself any more.
   *
   * @param flow its name
   * @param version as of {@link TriggersSet}
   */
  record TriggersRemoved(String flow, long version) implements Command {
    public TriggersRemoved {
      Required.flowName(flow);
    }
  }

  /**
   * An event has come that a flow waits for.
   *
   * @param flow the flow's name
   * @param on which of its events: {@link Triggers.On#label}
   * @param identity the same when the same event comes again, and of no other one
   * @param event for who looks at the run
   * @param parameters that it gives the run
   */
  record EventArrived(
      String flow, String on, String identity, TriggerEvent event, Map<String, JsonNode> parameters)
      implements Command {
    public EventArrived {
      Required.flowName(flow);
      Required.field(on, "on");
      Required.digest(identity, "identity");
      Required.field(event, "event");
      parameters = parameters == null ? Map.of() : parameters;
    }
  }
}
