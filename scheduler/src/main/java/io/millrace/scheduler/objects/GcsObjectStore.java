package io.millrace.scheduler.objects;

import com.google.api.gax.paging.Page;
import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.storage.Blob;
import com.google.cloud.storage.BlobInfo;
import com.google.cloud.storage.Storage;
import com.google.cloud.storage.Storage.BlobField;
import com.google.cloud.storage.Storage.BlobListOption;
import com.google.cloud.storage.Storage.BlobTargetOption;
import com.google.cloud.storage.StorageException;
import com.google.cloud.storage.StorageOptions;
import com.google.cloud.storage.StorageRetryStrategy;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Objects in a bucket of Google Cloud Storage, by its JSON API. */
public final class GcsObjectStore implements ObjectStore {
  private static final int PRECONDITION_FAILED = 412;
  private static final int NOT_FOUND = 404;

  private final Storage storage;
  private final String bucket;
  private final String place;

  /**
   * A 404 does not say which is missing, bucket or object. Once anything has succeeded it can only
   * be the object.
   */
  private volatile boolean bucketIsThere;

  public GcsObjectStore(GcsSettings settings) {
    this.bucket = settings.bucket();
    this.place = settings.endpoint().map(Object::toString).orElse("Google Cloud Storage");
    var options =
        StorageOptions.http()
            .setCredentials(settings.anonymous() ? NoCredentials.getInstance() : credentials())
            // Objects are written and deleted whole: each request may be sent again.
            .setStorageRetryStrategy(StorageRetryStrategy.getUniformStorageRetryStrategy());
    settings.endpoint().ifPresent(endpoint -> options.setHost(endpoint.toString()));
    this.storage = options.build().getService();
  }

  /** Asked for here, because the client would go on without any and be refused later. */
  private Credentials credentials() {
    try {
      return GoogleCredentials.getApplicationDefault();
    } catch (IOException none) {
      throw new ObjectStoreException(
          "cannot open bucket '%s' of %s: %s; give the pod's service account a workload identity, or name a key file in GOOGLE_APPLICATION_CREDENTIALS"
              .formatted(bucket, place, none.getMessage()),
          none);
    }
  }

  @Override
  public Written put(String key, byte[] content, Condition condition) {
    BlobInfo info = BlobInfo.newBuilder(bucket, ObjectKeys.valid(key)).build();
    try {
      switch (condition) {
        case NONE -> storage.create(info, content);
        case IF_ABSENT -> storage.create(info, content, BlobTargetOption.doesNotExist());
      }
      bucketIsThere = true;
      return Written.WRITTEN;
    } catch (StorageException refused) {
      if (condition == Condition.IF_ABSENT && refused.getCode() == PRECONDITION_FAILED) {
        return Written.ALREADY_THERE;
      }
      throw problem("write", key, refused);
    }
  }

  @Override
  public Optional<byte[]> get(String key) {
    ObjectKeys.valid(key);
    try {
      Optional<byte[]> content = Optional.of(storage.readAllBytes(bucket, key));
      bucketIsThere = true;
      return content;
    } catch (StorageException refused) {
      if (refused.getCode() != NOT_FOUND) {
        throw problem("read", key, refused);
      }
      if (!bucketIsThere) {
        call("read", key, () -> storage.list(bucket, BlobListOption.pageSize(1)));
        bucketIsThere = true;
      }
      return Optional.empty();
    }
  }

  @Override
  public Stream<String> list(String prefix) {
    return Stream.iterate(
            first(prefix),
            Objects::nonNull,
            page -> page.hasNextPage() ? call("list", prefix, page::getNextPage) : null)
        .flatMap(page -> page.streamValues())
        .map(Blob::getName);
  }

  private Page<Blob> first(String prefix) {
    return call(
        "list",
        prefix,
        () ->
            storage.list(
                bucket, BlobListOption.prefix(prefix), BlobListOption.fields(BlobField.NAME)));
  }

  @Override
  public void delete(String key) {
    ObjectKeys.valid(key);
    call("delete", key, () -> storage.delete(bucket, key));
  }

  private <T> T call(String what, String key, Supplier<T> call) {
    try {
      return call.get();
    } catch (StorageException failed) {
      throw problem(what, key, failed);
    }
  }

  private ObjectStoreException problem(String what, String key, StorageException failed) {
    return new ObjectStoreException(
        "cannot %s object '%s' in bucket '%s' of %s: %s; %s"
            .formatted(what, key, bucket, place, failed.getMessage(), advice(failed.getCode())),
        failed);
  }

  private static String advice(int status) {
    return switch (status) {
      case 401, 403 ->
          "check the credentials, and that they may read, write, list and delete in this bucket (role Storage Object User)";
      case 404 -> "create the bucket, or correct its name";
      case 0 -> "check that the endpoint can be reached, and that credentials are set";
      default -> "the store itself is in trouble; this will be tried again by whoever needs it";
    };
  }

  @Override
  public Optional<String> address() {
    return Optional.of("gs://" + bucket);
  }

  @Override
  public void close() {
    try {
      storage.close();
    } catch (Exception failed) {
      throw new ObjectStoreException(
          "cannot close bucket '%s' of %s: %s".formatted(bucket, place, failed), failed);
    }
  }
}
