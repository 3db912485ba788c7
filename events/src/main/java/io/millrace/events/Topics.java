package io.millrace.events;

import java.util.List;
import java.util.Map;

/**
 * The topics of one installation.
 *
 * @param prefix put before every name, so that two installations can share a broker; may be empty
 * @param partitions of the topics that go by run; fixed when they are created
 */
public record Topics(String prefix, int partitions) {
  /** The largest record, in bytes: a flow's definition, or how far a wide run came. */
  private static final String LARGEST = Integer.toString(4 << 20);

  private static final String DAY_MS = Long.toString(86_400_000L);

  /**
   * What a topic has to be like.
   *
   * @param name with its prefix
   * @param partitions how many
   * @param config the settings that matter for correctness, as Kafka names them
   */
  public record Spec(String name, int partitions, Map<String, String> config) {}

  public String runRequests() {
    return prefix + "millrace.run-requests";
  }

  public String flows() {
    return prefix + "millrace.flows";
  }

  public String commands() {
    return prefix + "millrace.commands";
  }

  public String orders() {
    return prefix + "millrace.orders";
  }

  public String state() {
    return prefix + "millrace.state";
  }

  public String events() {
    return prefix + "millrace.events";
  }

  public String deadLetters() {
    return prefix + "millrace.dead-letters";
  }

  /** Heartbeats of the replicas that decide: who is there, and which partitions they own. */
  public String owners() {
    return prefix + "millrace.owners";
  }

  /** All of them. Keeping times are bounds from below except where a policy is {@code compact}. */
  public List<Spec> specs() {
    return List.of(
        new Spec(runRequests(), partitions, kept(7, "LogAppendTime")),
        new Spec(flows(), 1, compacted()),
        new Spec(commands(), partitions, kept(7, "LogAppendTime")),
        new Spec(orders(), partitions, kept(1, "CreateTime")),
        new Spec(state(), partitions, compacted()),
        new Spec(events(), partitions, kept(30, "CreateTime")),
        new Spec(deadLetters(), partitions, kept(30, "CreateTime")),
        new Spec(owners(), 1, kept(1, "LogAppendTime")));
  }

  private static Map<String, String> compacted() {
    return Map.of("cleanup.policy", "compact", "max.message.bytes", LARGEST);
  }

  private static Map<String, String> kept(int days, String timestamps) {
    return Map.of(
        "cleanup.policy",
        "delete",
        "retention.ms",
        days == 1 ? DAY_MS : Long.toString(days * 86_400_000L),
        "message.timestamp.type",
        timestamps,
        "max.message.bytes",
        LARGEST);
  }
}
