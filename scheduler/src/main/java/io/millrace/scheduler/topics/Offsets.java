package io.millrace.scheduler.topics;

import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Asks the broker where topics end or where a time is in them. */
@ApplicationScoped
public class Offsets {
  private final Admin admin;

  Offsets(KafkaClients clients) {
    this.admin = clients.admin();
  }

  @PreDestroy
  void close() {
    admin.close();
  }

  /** The end of each of a topic's first partitions, by partition. */
  public Uni<Map<Integer, Long>> ends(String topic, int partitions) {
    var ask = new HashMap<TopicPartition, OffsetSpec>();
    for (int n = 0; n < partitions; n++) {
      ask.put(new TopicPartition(topic, n), OffsetSpec.latest());
    }
    return Uni.createFrom()
        .completionStage(() -> admin.listOffsets(ask).all().toCompletionStage())
        .map(
            answers -> {
              var ends = new HashMap<Integer, Long>();
              answers.forEach((of, info) -> ends.put(of.partition(), info.offset()));
              return ends;
            });
  }
}
