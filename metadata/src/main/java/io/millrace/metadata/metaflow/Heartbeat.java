package io.millrace.metadata.metaflow;

import io.millrace.metadata.MetadataConfig;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * The answer to a heartbeat: when the next one is wanted. Metaflow's client reads a JSON text that
 * is JSON once more.
 */
@ApplicationScoped
class Heartbeat {
  private final String answer;

  Heartbeat(MetadataConfig config) {
    answer =
        "\"{\\\"wait_time_in_seconds\\\": %d}\""
            .formatted(config.heartbeat().interval().toSeconds());
  }

  String answer() {
    return answer;
  }
}
