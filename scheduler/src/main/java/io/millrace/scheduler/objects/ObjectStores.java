package io.millrace.scheduler.objects;

import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.SchedulerConfig.ObjectsConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import java.util.Optional;

/** Opens the store that the configuration names. */
@ApplicationScoped
class ObjectStores {

  @Produces
  @ApplicationScoped
  ObjectStore open(SchedulerConfig config) {
    ObjectsConfig objects = config.objects();
    if (objects.folder().isPresent()) {
      return new FolderObjectStore(objects.folder().get());
    }
    if (objects.s3().bucket().isPresent()) {
      return new S3ObjectStore(
          new S3Settings(
              objects.s3().bucket().get(),
              objects.s3().region(),
              objects.s3().endpoint(),
              objects.s3().pathStyle(),
              Optional.empty()));
    }
    // Without a place of its own what is kept stands beside what the processes write.
    return new FolderObjectStore(config.data().resolve("objects"));
  }

  void close(@Disposes ObjectStore store) {
    store.close();
  }
}
