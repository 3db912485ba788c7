package io.millrace.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.events.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The topics that an operator creates from the manifests are the ones that the scheduler accepts.
 */
class StrimziTopicsTest {
  private static final Path MANIFEST =
      Path.of(System.getProperty("millrace.home"), "k8s", "strimzi", "topics.yaml");

  private static Map<String, JsonNode> manifests() throws IOException {
    var byName = new HashMap<String, JsonNode>();
    try (MappingIterator<JsonNode> documents =
        new YAMLMapper().readerFor(JsonNode.class).readValues(MANIFEST.toFile())) {
      documents.forEachRemaining(topic -> byName.put(topic.at("/metadata/name").asText(), topic));
    }
    return byName;
  }

  @Test
  void areThoseOfTheCodeWithTheirPartitionsAndSettings() throws IOException {
    Map<String, JsonNode> manifests = manifests();
    int partitions = manifests.get("millrace.commands").at("/spec/partitions").asInt();
    var topics = new Topics("", partitions);

    assertThat(manifests.keySet())
        .containsExactlyInAnyOrderElementsOf(
            topics.specs().stream().map(Topics.Spec::name).toList());
    for (Topics.Spec spec : topics.specs()) {
      JsonNode manifest = manifests.get(spec.name());
      assertThat(manifest.at("/spec/partitions").asInt()).isEqualTo(spec.partitions());
      spec.config()
          .forEach(
              (name, value) ->
                  assertThat(manifest.at("/spec/config").path(name).asText())
                      .as("%s of %s", name, spec.name())
                      .isEqualTo(value));
      assertThat(manifest.at("/spec/config/min.insync.replicas").asInt()).isEqualTo(2);
      assertThat(manifest.at("/spec/replicas").asInt()).isEqualTo(3);
      assertThat(manifest.at("/spec/config").path("unclean.leader.election.enable").asBoolean(true))
          .isFalse();
    }
  }
}
