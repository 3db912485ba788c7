package io.millrace.scheduler.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.scheduler.SchedulerConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which store the configuration names. */
class ObjectStoresTest {
  @TempDir Path folder;

  private ObjectStore open(Map<String, String> settings) {
    SchedulerConfig config =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withConverter(Duration.class, 200, new DurationConverter())
            .withSources(new PropertiesConfigSource(settings, "test", 100))
            .withMapping(SchedulerConfig.class)
            .build()
            .getConfigMapping(SchedulerConfig.class);
    return ObjectStores.open(config.objects(), folder.resolve("otherwise"));
  }

  @Test
  void theOneThatIsNamed() {
    assertThat(open(Map.of("millrace.objects.folder", folder.toString())))
        .isInstanceOf(FolderObjectStore.class);
    assertThat(
            open(
                Map.of(
                    "millrace.objects.s3.bucket", "b",
                    "millrace.objects.s3.endpoint", "http://127.0.0.1:1")))
        .isInstanceOf(S3ObjectStore.class);
    assertThat(
            open(
                Map.of(
                    "millrace.objects.azure.container", "c",
                    "millrace.objects.azure.account", "a",
                    "millrace.objects.azure.key", "a2V5")))
        .isInstanceOf(AzureObjectStore.class);
    assertThat(
            open(
                Map.of(
                    "millrace.objects.gcs.bucket", "b", "millrace.objects.gcs.anonymous", "true")))
        .isInstanceOf(GcsObjectStore.class);
  }

  @Test
  void aFolderWhereNoneIsNamed() {
    open(Map.of()).put("a", new byte[] {'x'}, ObjectStore.Condition.NONE);
    assertThat(folder.resolve("otherwise/a")).hasContent("x");
  }

  @Test
  void twoAreRefusedWithTheirNames() {
    assertThatThrownBy(
            () ->
                open(
                    Map.of(
                        "millrace.objects.azure.container", "c",
                        "millrace.objects.gcs.bucket", "b")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("2 stores", "azure.container, gcs.bucket");
  }

  @Test
  void azureWithoutItsEndpointOrAccountIsRefusedWithTheSetting() {
    assertThatThrownBy(
            () ->
                open(
                    Map.of(
                        "millrace.objects.azure.container", "c",
                        "millrace.objects.azure.key", "a2V5")))
        .hasMessageContaining("millrace.objects.azure.account");
    assertThatThrownBy(
            () ->
                open(
                    Map.of(
                        "millrace.objects.azure.container", "c",
                        "millrace.objects.azure.sas-token", "sig=x")))
        .hasMessageContaining("millrace.objects.azure.account");
    assertThatThrownBy(() -> open(Map.of("millrace.objects.azure.container", "c")))
        .hasMessageContaining("millrace.objects.azure.account");
  }
}
