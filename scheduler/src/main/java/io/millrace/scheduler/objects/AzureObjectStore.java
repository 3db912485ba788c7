package io.millrace.scheduler.objects;

import com.azure.core.exception.AzureException;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.rest.PagedResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.common.StorageSharedKeyCredential;
import io.millrace.scheduler.objects.AzureSettings.Secret;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Objects as block blobs of a container of Azure Blob Storage. */
public final class AzureObjectStore implements ObjectStore {
  private static final int PRECONDITION_FAILED = 412;

  private final BlobContainerClient container;

  public AzureObjectStore(AzureSettings settings) {
    // Named, because the SDK would otherwise take whichever client it finds.
    HttpClient http = new JdkHttpClientBuilder().build();
    var builder = new BlobServiceClientBuilder().httpClient(http);
    settings.endpoint().ifPresent(endpoint -> builder.endpoint(endpoint.toString()));
    if (settings.secret().isPresent()) {
      switch (settings.secret().get()) {
        case Secret.ConnectionString(String text) -> builder.connectionString(text);
        case Secret.AccountKey(String account, String key) ->
            builder.credential(new StorageSharedKeyCredential(account, key));
        case Secret.SasToken(String token) -> builder.sasToken(token);
      }
    } else {
      builder.credential(new DefaultAzureCredentialBuilder().httpClient(http).build());
    }
    try {
      this.container = builder.buildClient().getBlobContainerClient(settings.container());
    } catch (IllegalArgumentException | NullPointerException | IllegalStateException incomplete) {
      throw new ObjectStoreException(
          "cannot open container '%s' of Azure: %s; set millrace.objects.azure.account or .endpoint, and see that the connection string is whole"
              .formatted(settings.container(), incomplete.getMessage()),
          incomplete);
    }
  }

  @Override
  public Written put(String key, byte[] content, Condition condition) {
    ObjectKeys.valid(key);
    var options = new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(content));
    if (condition == Condition.IF_ABSENT) {
      options.setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*"));
    }
    try {
      container
          .getBlobClient(key)
          .getBlockBlobClient()
          .uploadWithResponse(options, null, Context.NONE);
      return Written.WRITTEN;
    } catch (BlobStorageException refused) {
      if (condition == Condition.IF_ABSENT && saysTaken(refused)) {
        return Written.ALREADY_THERE;
      }
      throw problem("write", key, refused);
    } catch (RuntimeException failed) {
      throw problem("write", key, failed);
    }
  }

  /** A blob that is there answers a conditional write with 409, one that just came with 412. */
  private static boolean saysTaken(BlobStorageException refused) {
    return BlobErrorCode.BLOB_ALREADY_EXISTS.equals(refused.getErrorCode())
        || refused.getStatusCode() == PRECONDITION_FAILED;
  }

  @Override
  public Optional<byte[]> get(String key) {
    ObjectKeys.valid(key);
    try {
      return Optional.of(container.getBlobClient(key).downloadContent().toBytes());
    } catch (BlobStorageException refused) {
      if (BlobErrorCode.BLOB_NOT_FOUND.equals(refused.getErrorCode())) {
        return Optional.empty();
      }
      throw problem("read", key, refused);
    } catch (RuntimeException failed) {
      throw problem("read", key, failed);
    }
  }

  @Override
  public Stream<String> list(String prefix) {
    return Stream.iterate(
            page(prefix, null),
            Objects::nonNull,
            page ->
                page.getContinuationToken() == null
                    ? null
                    : page(prefix, page.getContinuationToken()))
        .flatMap(page -> page.getValue().stream())
        .map(BlobItem::getName);
  }

  private PagedResponse<BlobItem> page(String prefix, String token) {
    var options = new ListBlobsOptions().setPrefix(prefix);
    return call(
        "list",
        prefix,
        () -> container.listBlobs(options, token, null).iterableByPage().iterator().next());
  }

  @Override
  public void delete(String key) {
    ObjectKeys.valid(key);
    call("delete", key, () -> container.getBlobClient(key).deleteIfExists());
  }

  private <T> T call(String what, String key, Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException failed) {
      throw problem(what, key, failed);
    }
  }

  /** The SDK has no one parent of what it throws: time-outs and connections come as they are. */
  private ObjectStoreException problem(String what, String key, RuntimeException failed) {
    return new ObjectStoreException(
        "cannot %s object '%s' in container '%s' of %s: %s; %s"
            .formatted(
                what,
                key,
                container.getBlobContainerName(),
                container.getAccountUrl(),
                words(failed),
                advice(failed)),
        failed);
  }

  /** Without the answer's XML. */
  private static String words(RuntimeException failed) {
    return failed instanceof BlobStorageException answer
        ? "status %d, %s".formatted(answer.getStatusCode(), answer.getErrorCode())
        : String.valueOf(failed.getMessage());
  }

  private static String advice(RuntimeException failed) {
    int status = failed instanceof BlobStorageException answer ? answer.getStatusCode() : 0;
    return switch (status) {
      case 401, 403 ->
          "check the credentials, and that they may read, write, list and delete in this container (role Storage Blob Data Contributor)";
      case 404 -> "create the container, or correct its name";
      case 400 -> "check the account's endpoint, and the time of this machine";
      case 0 ->
          failed instanceof AzureException
              ? "check that the endpoint can be reached, and that credentials are set"
              : "check that the endpoint can be reached";
      default -> "the store itself is in trouble; this will be tried again by whoever needs it";
    };
  }

  @Override
  public Optional<String> address() {
    return Optional.of(container.getBlobContainerUrl());
  }

  @Override
  public void close() {
    // The JDK's HTTP client ends with the last reference to it.
  }
}
