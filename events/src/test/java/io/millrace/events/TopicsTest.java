package io.millrace.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private final Topics topics = new Topics("test.", 12);

  @Test
  void whatGoesByRunIsPartitionedAlike() {
    Map<String, Integer> partitions =
        topics.specs().stream()
            .collect(Collectors.toMap(Topics.Spec::name, Topics.Spec::partitions));
    assertThat(partitions)
        .containsEntry("test.millrace.commands", 12)
        .containsEntry("test.millrace.orders", 12)
        .containsEntry("test.millrace.state", 12)
        .containsEntry("test.millrace.events", 12)
        .containsEntry("test.millrace.flows", 1)
        .containsEntry("test.millrace.trigger-events", 12)
        .hasSize(9);
  }

  @Test
  void theTruthHasTheBrokersTimeAndStaysAWeek() {
    Topics.Spec commands =
        topics.specs().stream()
            .filter(s -> s.name().equals(topics.commands()))
            .findFirst()
            .orElseThrow();
    assertThat(commands.config())
        .containsEntry("message.timestamp.type", "LogAppendTime")
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "604800000");
  }

  @Test
  void whatIsKeptByKeyIsCompacted() {
    for (Topics.Spec spec : topics.specs()) {
      boolean compact = spec.config().get("cleanup.policy").equals("compact");
      assertThat(compact)
          .isEqualTo(spec.name().equals(topics.state()) || spec.name().equals(topics.flows()));
    }
  }
}
