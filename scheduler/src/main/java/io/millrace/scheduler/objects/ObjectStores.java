package io.millrace.scheduler.objects;

import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.ObjectsConfig;
import io.millrace.scheduler.SchedulerConfig.ObjectsConfig.AzureConfig;
import io.millrace.scheduler.SchedulerConfig.ObjectsConfig.GcsConfig;
import io.millrace.scheduler.SchedulerConfig.ObjectsConfig.S3Config;
import io.millrace.scheduler.objects.AzureSettings.Secret;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.function.Supplier;

/** Opens the store that the configuration names. */
@ApplicationScoped
class ObjectStores {

  @Produces
  @ApplicationScoped
  ObjectStore open(SchedulerConfig config) {
    // Without a place of its own what is kept stands beside what the processes write.
    return open(config.objects(), config.data().resolve("objects"));
  }

  /**
   * @param otherwise the folder where no store is named
   * @throws IllegalStateException when more than one is named
   */
  static ObjectStore open(ObjectsConfig objects, Path otherwise) {
    var named = new LinkedHashMap<String, Supplier<ObjectStore>>();
    objects.folder().ifPresent(at -> named.put("folder", () -> new FolderObjectStore(at)));
    objects.s3().bucket().ifPresent(at -> named.put("s3.bucket", () -> s3(at, objects.s3())));
    objects
        .azure()
        .container()
        .ifPresent(at -> named.put("azure.container", () -> azure(at, objects.azure())));
    objects.gcs().bucket().ifPresent(at -> named.put("gcs.bucket", () -> gcs(at, objects.gcs())));
    if (named.size() > 1) {
      throw new IllegalStateException(
          "millrace.objects names %d stores (%s), and finished runs go to one; leave all but one of these settings out"
              .formatted(named.size(), String.join(", ", named.keySet())));
    }
    return named.values().stream().findFirst().orElse(() -> new FolderObjectStore(otherwise)).get();
  }

  private static ObjectStore s3(String bucket, S3Config s3) {
    return new S3ObjectStore(
        new S3Settings(bucket, s3.region(), s3.endpoint(), s3.pathStyle(), Optional.empty()));
  }

  private static ObjectStore azure(String container, AzureConfig azure) {
    return new AzureObjectStore(new AzureSettings(container, endpoint(azure), secret(azure)));
  }

  private static Optional<URI> endpoint(AzureConfig azure) {
    return azure
        .endpoint()
        .or(
            () ->
                azure
                    .account()
                    .map(name -> URI.create("https://" + name + ".blob.core.windows.net")));
  }

  private static Optional<Secret> secret(AzureConfig azure) {
    if (azure.connectionString().isPresent()) {
      return azure.connectionString().map(Secret.ConnectionString::new);
    }
    if (azure.key().isPresent()) {
      String account =
          azure
              .account()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "millrace.objects.azure.key is the key of an account; name it in millrace.objects.azure.account"));
      return azure.key().map(key -> new Secret.AccountKey(account, key));
    }
    return azure.sasToken().map(Secret.SasToken::new);
  }

  private static ObjectStore gcs(String bucket, GcsConfig gcs) {
    return new GcsObjectStore(new GcsSettings(bucket, gcs.endpoint(), gcs.anonymous()));
  }

  void close(@Disposes ObjectStore store) {
    store.close();
  }
}
