package io.millrace.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What each setting is when nobody sets it, and that each can be set. */
class MetadataConfigTest {

  private static MetadataConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withSources(new PropertiesConfigSource(settings, "test", 100))
        .withMapping(MetadataConfig.class)
        .build()
        .getConfigMapping(MetadataConfig.class);
  }

  @Test
  void defaults() {
    MetadataConfig config = config(Map.of());

    assertThat(config.enabled()).isFalse();
    assertThat(config.folder()).isEqualTo(Path.of(".millrace/metadata"));
    assertThat(config.member()).isEmpty();
    assertThat(config.database().url()).isEmpty();
    assertThat(config.database().username()).isEmpty();
    assertThat(config.database().password()).isEmpty();
    assertThat(config.database().connections()).isEqualTo(16);
    assertThat(config.heartbeat().interval()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.heartbeat().patience()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void everythingSet() {
    MetadataConfig config =
        config(
            Map.of(
                "millrace.metadata.enabled", "true",
                "millrace.metadata.folder", "/data",
                "millrace.metadata.member", "pod-7",
                "millrace.metadata.database.url", "jdbc:postgresql://db/m",
                "millrace.metadata.database.username", "ada",
                "millrace.metadata.database.password", "secret",
                "millrace.metadata.database.connections", "4",
                "millrace.metadata.heartbeat.interval", "PT30S",
                "millrace.metadata.heartbeat.patience", "PT3M"));

    assertThat(config.enabled()).isTrue();
    assertThat(config.folder()).isEqualTo(Path.of("/data"));
    assertThat(config.member()).contains("pod-7");
    assertThat(config.database().url()).contains("jdbc:postgresql://db/m");
    assertThat(config.database().username()).contains("ada");
    assertThat(config.database().password()).contains("secret");
    assertThat(config.database().connections()).isEqualTo(4);
    assertThat(config.heartbeat().interval()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.heartbeat().patience()).isEqualTo(Duration.ofMinutes(3));
  }
}
