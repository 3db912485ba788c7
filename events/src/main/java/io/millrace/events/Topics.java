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
  /** The largest record that may come in, in bytes. */
  public static final int LARGEST_IN = 2 << 20;

  /**
   * The largest record that follows from those that came in: an order holds a run's parameters, a
   * step's container and the inputs of a join, which came in several records.
   */
  public static final int LARGEST_OUT = 8 << 20;

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

  /** Events that anybody publishes for flows to wait for. */
  public String triggerEvents() {
    return prefix + "millrace.trigger-events";
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
        new Spec(runRequests(), partitions, kept(7, "LogAppendTime", LARGEST_IN)),
        new Spec(triggerEvents(), partitions, kept(7, "LogAppendTime", LARGEST_IN)),
        new Spec(flows(), 1, compacted(LARGEST_IN)),
        new Spec(commands(), partitions, kept(7, "LogAppendTime", LARGEST_IN)),
        new Spec(orders(), partitions, kept(1, "CreateTime", LARGEST_OUT)),
        new Spec(state(), partitions, compacted(LARGEST_OUT)),
        new Spec(events(), partitions, kept(30, "CreateTime", LARGEST_OUT)),
        new Spec(deadLetters(), partitions, kept(30, "CreateTime", LARGEST_OUT)),
        new Spec(owners(), 1, kept(1, "LogAppendTime", LARGEST_IN)));
  }

  private static Map<String, String> compacted(int largest) {
    return Map.of("cleanup.policy", "compact", "max.message.bytes", Integer.toString(largest));
  }

  private static Map<String, String> kept(int days, String timestamps, int largest) {
    return Map.of(
        "cleanup.policy",
        "delete",
        "retention.ms",
        days == 1 ? DAY_MS : Long.toString(days * 86_400_000L),
        "message.timestamp.type",
        timestamps,
        "max.message.bytes",
        Integer.toString(largest));
  }
}
