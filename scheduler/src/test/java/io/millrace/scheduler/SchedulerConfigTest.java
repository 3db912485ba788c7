package io.millrace.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.scheduler.SchedulerConfig.ExecutorKind;
import io.millrace.scheduler.SchedulerConfig.Role;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What each setting is when nobody sets it, and that each can be set. */
class SchedulerConfigTest {

  private static SchedulerConfig config(Map<String, String> settings) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .withConverter(Duration.class, 200, new DurationConverter())
        .withSources(new PropertiesConfigSource(settings, "test", 100))
        .withMapping(SchedulerConfig.class)
        .build()
        .getConfigMapping(SchedulerConfig.class);
  }

  @Test
  void defaults() {
    SchedulerConfig config = config(Map.of());

    assertThat(config.roles()).containsExactlyInAnyOrder(Role.values());
    assertThat(config.replica()).isEqualTo("local");
    assertThat(config.partitions()).isEqualTo(6);
    assertThat(config.executor()).isEqualTo(ExecutorKind.PROCESS);
    assertThat(config.data()).isEqualTo(Path.of(".millrace/executor"));
    assertThat(config.haltAt()).isEmpty();
    assertThat(config.topics().prefix()).isEmpty();
    assertThat(config.topics().create()).isTrue();
    assertThat(config.loop().mostBehind()).isEqualTo(Duration.ofSeconds(5));
    assertThat(config.loop().mostCommandsBehind()).isEqualTo(20_000);
    assertThat(config.loop().checkpointPause()).isEqualTo(Duration.ofMillis(50));
    assertThat(config.loop().transactionTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.lease().heartbeat()).isEqualTo(Duration.ofMillis(300));
    assertThat(config.lease().duration()).isEqualTo(Duration.ofMillis(1500));
    assertThat(config.launch().inFlight()).isEqualTo(32);
    assertThat(config.launch().grace()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.launch().stopsSteps()).isFalse();
    assertThat(config.limits().maxParallelTasks()).isZero();
    assertThat(config.objects().folder()).isEmpty();
    assertThat(config.objects().prefix()).isEqualTo("millrace/");
    assertThat(config.objects().s3().bucket()).isEmpty();
    assertThat(config.objects().s3().region()).isEmpty();
    assertThat(config.objects().s3().endpoint()).isEmpty();
    assertThat(config.objects().s3().pathStyle()).isTrue();
    assertThat(config.objects().azure().container()).isEmpty();
    assertThat(config.objects().azure().account()).isEmpty();
    assertThat(config.objects().azure().endpoint()).isEmpty();
    assertThat(config.objects().azure().connectionString()).isEmpty();
    assertThat(config.objects().azure().key()).isEmpty();
    assertThat(config.objects().azure().sasToken()).isEmpty();
    assertThat(config.objects().gcs().bucket()).isEmpty();
    assertThat(config.objects().gcs().endpoint()).isEmpty();
    assertThat(config.objects().gcs().anonymous()).isFalse();
    assertThat(config.api().streams()).isEqualTo(200);
  }

  @Test
  void variablesOfAzureCountWhereNothingElseIsSet() {
    var azure =
        config(
                Map.of(
                    "AZURE_STORAGE_ACCOUNT", "a",
                    "AZURE_STORAGE_CONNECTION_STRING", "AccountName=a",
                    "AZURE_STORAGE_KEY", "k",
                    "AZURE_STORAGE_SAS_TOKEN", "t"))
            .objects()
            .azure();

    assertThat(azure.account()).contains("a");
    assertThat(azure.connectionString()).contains("AccountName=a");
    assertThat(azure.key()).contains("k");
    assertThat(azure.sasToken()).contains("t");
  }

  @Test
  void everythingSet() {
    SchedulerConfig config =
        config(
            Map.ofEntries(
                Map.entry("millrace.roles", "api,watcher"),
                Map.entry("millrace.replica", "pod-7"),
                Map.entry("millrace.partitions", "24"),
                Map.entry("millrace.executor", "external"),
                Map.entry("millrace.data", "/data"),
                Map.entry("millrace.halt-at", "ordered:3"),
                Map.entry("millrace.topics.prefix", "two."),
                Map.entry("millrace.topics.create", "false"),
                Map.entry("millrace.loop.most-behind", "PT2S"),
                Map.entry("millrace.loop.most-commands-behind", "7"),
                Map.entry("millrace.loop.checkpoint-pause", "PT0.02S"),
                Map.entry("millrace.loop.transaction-timeout", "PT20S"),
                Map.entry("millrace.lease.heartbeat", "PT1S"),
                Map.entry("millrace.lease.duration", "PT4S"),
                Map.entry("millrace.launch.in-flight", "5"),
                Map.entry("millrace.launch.grace", "PT3S"),
                Map.entry("millrace.launch.stops-steps", "true"),
                Map.entry("millrace.limits.max-parallel-tasks", "77"),
                Map.entry("millrace.objects.folder", "/objects"),
                Map.entry("millrace.objects.prefix", "p/"),
                Map.entry("millrace.objects.s3.bucket", "b"),
                Map.entry("millrace.objects.s3.region", "eu-west-1"),
                Map.entry("millrace.objects.s3.endpoint", "http://s3:9000"),
                Map.entry("millrace.objects.s3.path-style", "false"),
                Map.entry("millrace.objects.azure.container", "c"),
                Map.entry("millrace.objects.azure.account", "a"),
                Map.entry("millrace.objects.azure.endpoint", "http://azure:10000/a"),
                Map.entry("millrace.objects.azure.connection-string", "AccountName=a"),
                Map.entry("millrace.objects.azure.key", "k"),
                Map.entry("millrace.objects.azure.sas-token", "t"),
                Map.entry("millrace.objects.gcs.bucket", "g"),
                Map.entry("millrace.objects.gcs.endpoint", "http://gcs:4443"),
                Map.entry("millrace.objects.gcs.anonymous", "true"),
                Map.entry("millrace.api.streams", "9")));

    assertThat(config.roles()).containsExactlyInAnyOrder(Role.API, Role.WATCHER);
    assertThat(config.replica()).isEqualTo("pod-7");
    assertThat(config.partitions()).isEqualTo(24);
    assertThat(config.executor()).isEqualTo(ExecutorKind.EXTERNAL);
    assertThat(config.data()).isEqualTo(Path.of("/data"));
    assertThat(config.haltAt()).contains("ordered:3");
    assertThat(config.topics().prefix()).contains("two.");
    assertThat(config.topics().create()).isFalse();
    assertThat(config.loop().mostBehind()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.loop().mostCommandsBehind()).isEqualTo(7);
    assertThat(config.loop().checkpointPause()).isEqualTo(Duration.ofMillis(20));
    assertThat(config.loop().transactionTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(config.lease().heartbeat()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.lease().duration()).isEqualTo(Duration.ofSeconds(4));
    assertThat(config.launch().inFlight()).isEqualTo(5);
    assertThat(config.launch().grace()).isEqualTo(Duration.ofSeconds(3));
    assertThat(config.launch().stopsSteps()).isTrue();
    assertThat(config.limits().maxParallelTasks()).isEqualTo(77);
    assertThat(config.objects().folder()).contains(Path.of("/objects"));
    assertThat(config.objects().prefix()).isEqualTo("p/");
    assertThat(config.objects().s3().bucket()).contains("b");
    assertThat(config.objects().s3().region()).contains("eu-west-1");
    assertThat(config.objects().s3().endpoint()).contains(URI.create("http://s3:9000"));
    assertThat(config.objects().s3().pathStyle()).isFalse();
    assertThat(config.objects().azure().container()).contains("c");
    assertThat(config.objects().azure().account()).contains("a");
    assertThat(config.objects().azure().endpoint()).contains(URI.create("http://azure:10000/a"));
    assertThat(config.objects().azure().connectionString()).contains("AccountName=a");
    assertThat(config.objects().azure().key()).contains("k");
    assertThat(config.objects().azure().sasToken()).contains("t");
    assertThat(config.objects().gcs().bucket()).contains("g");
    assertThat(config.objects().gcs().endpoint()).contains(URI.create("http://gcs:4443"));
    assertThat(config.objects().gcs().anonymous()).isTrue();
    assertThat(config.api().streams()).isEqualTo(9);
  }
}
