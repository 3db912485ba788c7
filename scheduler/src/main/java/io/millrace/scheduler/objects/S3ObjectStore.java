package io.millrace.scheduler.objects;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Objects in a bucket of anything that speaks S3, conditional writes included. */
public final class S3ObjectStore implements ObjectStore {
  private static final int PRECONDITION_FAILED = 412;

  /** Another conditional write of the key was under way. Sent again, one of them wins. */
  private static final int CONFLICT = 409;

  private static final int CONFLICTS = 10;

  private final S3Client client;
  private final String bucket;
  private final String place;

  public S3ObjectStore(S3Settings settings) {
    this.bucket = settings.bucket();
    this.place = settings.endpoint().map(URI::toString).orElse("AWS");
    var builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .forcePathStyle(settings.pathStyle())
            // Checksums in trailers are AWS's own; most other stores refuse them.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    settings.endpoint().ifPresent(builder::endpointOverride);
    settings
        .region()
        .or(() -> settings.endpoint().map(endpoint -> "us-east-1"))
        .map(Region::of)
        .ifPresent(builder::region);
    settings
        .credentials()
        .map(pair -> AwsBasicCredentials.create(pair.accessKey(), pair.secretKey()))
        .map(StaticCredentialsProvider::create)
        .ifPresent(builder::credentialsProvider);
    try {
      this.client = builder.build();
    } catch (SdkException incomplete) {
      throw problem("open", "", incomplete);
    }
  }

  @Override
  public Written put(String key, byte[] content, Condition condition) {
    ObjectKeys.valid(key);
    for (int conflicts = 0; ; conflicts++) {
      try {
        client.putObject(
            request -> {
              request.bucket(bucket).key(key);
              if (condition == Condition.IF_ABSENT) {
                request.ifNoneMatch("*");
              }
            },
            RequestBody.fromBytes(content));
        return Written.WRITTEN;
      } catch (S3Exception refused) {
        if (refused.statusCode() == PRECONDITION_FAILED) {
          return Written.ALREADY_THERE;
        }
        if (refused.statusCode() != CONFLICT || conflicts == CONFLICTS) {
          throw problem("write", key, refused);
        }
      } catch (SdkException failed) {
        throw problem("write", key, failed);
      }
    }
  }

  @Override
  public Optional<byte[]> get(String key) {
    ObjectKeys.valid(key);
    try {
      return Optional.of(
          client.getObjectAsBytes(request -> request.bucket(bucket).key(key)).asByteArrayUnsafe());
    } catch (NoSuchKeyException absent) {
      return Optional.empty();
    } catch (SdkException failed) {
      throw problem("read", key, failed);
    }
  }

  @Override
  public Stream<String> list(String prefix) {
    return Stream.iterate(
            page(prefix, null),
            Objects::nonNull,
            page ->
                Boolean.TRUE.equals(page.isTruncated())
                    ? page(prefix, page.nextContinuationToken())
                    : null)
        .flatMap(page -> page.contents().stream())
        .map(S3Object::key);
  }

  private ListObjectsV2Response page(String prefix, String token) {
    return call(
        "list",
        prefix,
        () ->
            client.listObjectsV2(
                request -> request.bucket(bucket).prefix(prefix).continuationToken(token)));
  }

  @Override
  public void delete(String key) {
    ObjectKeys.valid(key);
    call("delete", key, () -> client.deleteObject(request -> request.bucket(bucket).key(key)));
  }

  private <T> T call(String what, String key, Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkException failed) {
      throw problem(what, key, failed);
    }
  }

  private ObjectStoreException problem(String what, String key, SdkException failed) {
    return new ObjectStoreException(
        "cannot %s object '%s' in bucket '%s' of %s: %s; %s"
            .formatted(what, key, bucket, place, failed.getMessage(), advice(failed)),
        failed);
  }

  private static String advice(SdkException failed) {
    int status = failed instanceof S3Exception answer ? answer.statusCode() : 0;
    return switch (status) {
      case 401, 403 ->
          "check the credentials, and that they may read, write, list and delete in this bucket";
      case 404 -> "create the bucket, or correct its name";
      case 301, 400 -> "check the region, and whether the store wants path style";
      case 501 -> "the store does not know this request; one with conditional writes is needed";
      case 0 -> "check that the endpoint can be reached, and that region and credentials are set";
      default -> "the store itself is in trouble; this will be tried again by whoever needs it";
    };
  }

  @Override
  public Optional<String> address() {
    return Optional.of("s3://" + bucket);
  }

  @Override
  public void close() {
    client.close();
  }
}
