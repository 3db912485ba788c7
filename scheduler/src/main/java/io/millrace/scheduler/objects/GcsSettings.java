package io.millrace.scheduler.objects;

import java.net.URI;
import java.util.Optional;

/**
 * Where a bucket of Google Cloud Storage is and how to get in.
 *
 * @param bucket has to exist
 * @param endpoint in place of {@code https://storage.googleapis.com}
 * @param anonymous whether requests go without credentials, for an emulator; otherwise with
 *     Google's application default credentials
 */
public record GcsSettings(String bucket, Optional<URI> endpoint, boolean anonymous) {

  public GcsSettings {
    if (bucket == null || bucket.isBlank()) {
      throw new IllegalArgumentException("the GCS object store needs the name of a bucket");
    }
  }
}
